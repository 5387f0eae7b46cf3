/** Offices at the desk; an auxiliary may guide, not determine (Order 146 art. 20). */
export const ROLES = ["officer", "auxiliary", "supervisor", "auditor", "keeper"] as const;
export type Role = (typeof ROLES)[number];

/** What a role may do at the desk. */
export const RIGHTS = {
  /** read a case's file and search for one */
  "read-case": ["officer", "auxiliary", "supervisor", "auditor"],
  /** talk with both drivers about a case; decides nothing */
  guide: ["officer", "auxiliary", "supervisor"],
  /** decide a joint application, send an officer, return it (Order 146 art. 20) */
  determine: ["officer", "supervisor"],
  /** have the whole file as one PDF, nothing masked, for the court */
  "print-case": ["officer", "supervisor", "auditor"],
  /** put a case that another officer has back into the queue */
  reassign: ["supervisor"],
  /** withdraw a letter and issue another in its place */
  "replace-letter": ["supervisor"],
  /** read who looked at what */
  "read-access-log": ["supervisor", "auditor"],
  /** draw cases for a spot audit, and read what was found of them */
  "draw-sample": ["supervisor", "auditor"],
  /** write what was found of a drawn case */
  "write-findings": ["supervisor", "auditor"],
  /** make and close accounts */
  "keep-accounts": ["keeper"],
} as const satisfies Record<string, readonly Role[]>;
export type Right = keyof typeof RIGHTS;

export const mayDo = (role: Role, right: Right): boolean => (RIGHTS[right] as readonly Role[]).includes(role);

/** Somebody with an account at the desk. */
export interface Officer {
  id: string;
  /** the police number, by which one signs in */
  number: string;
  name: string;
  role: Role;
  /** code of the district; null: the whole city */
  district: string | null;
  state: "invited" | "active" | "closed";
}

/** Numbers of the officers whom the simulator brings: a process without it lets none of them in. */
const DEMO_NUMBER = /^DEMO-\d$/i;

export const isDemoNumber = (number: string): boolean => DEMO_NUMBER.test(number.trim());

/** Whether an officer's account reaches a case of this district; null: the district is not known. */
export const leads = (officer: Pick<Officer, "district">, district: string | null): boolean =>
  officer.district === null || officer.district === district;

const SHORTEST_PASSWORD = 12;
const LONGEST_PASSWORD = 128;

/** What is wrong with a new password; null: nothing. */
export function passwordFault(password: string, number: string): "short" | "long" | "simple" | null {
  if (password.length < SHORTEST_PASSWORD) return "short";
  if (password.length > LONGEST_PASSWORD) return "long";
  const isNumber = number.length > 3 && password.toLowerCase().includes(number.toLowerCase());
  return isNumber || new Set(password).size < 6 ? "simple" : null;
}

/** An invitation to set up an account is good for a day. */
export const INVITATION_MS = 24 * 3600_000;
/** A session ends when nothing was done for this long … */
export const IDLE_MS = 15 * 60_000;
/** … and in any case after this. */
export const SESSION_MS = 12 * 3600_000;

/** Attempts to sign in, right ones included; who is at a limit gets the answer of a wrong password. */
export const SIGN_IN_BRAKES = {
  /** to one account from one address */
  accountFromAddress: { limit: 5, windowMs: 15 * 60_000 },
  /** to one account from anywhere */
  account: { limit: 30, windowMs: 15 * 60_000 },
  /** from one address to any account */
  address: { limit: 60, windowMs: 15 * 60_000 },
} as const;
