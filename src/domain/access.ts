/** What is written down of the desk's use. */
export const ACCESS_ACTS = [
  "signed-in",
  "sign-in-refused",
  "signed-out",
  "invited-officer",
  "set-up-account",
  "closed-account",
  "searched",
  "read-case",
  "refused-case",
  "read-photo",
  "read-paper",
  "showed-data",
  "read-accounts",
  "read-access-log",
  "drew-sample",
  "read-audit",
  "wrote-finding",
  "read-queue",
  "took-case",
  "released-case",
  "gave-guidance",
  "asked-evidence",
  "returned-case",
  "sent-officer",
  "ended-case",
  "recused-self",
  "recused-officer",
  "issued-letter",
  "replaced-letter",
  "confirmed-service",
  "noted-review",
  "entered-spot-letter",
  "corrected-spot-letter",
  "read-letters",
  "read-letter",
  "printed-case",
] as const;
export type AccessAct = (typeof ACCESS_ACTS)[number];

/** Why masked data was shown. */
export const REASONS = ["decide", "audit", "answer-request"] as const;
export type Reason = (typeof REASONS)[number];

/** One look or act; ids, never the values that were seen. */
export interface AccessEntry {
  /** the keyed hash of the number that was typed, where nobody was signed in */
  officerId: string;
  address: string;
  act: AccessAct;
  accidentId: string | null;
  reason: Reason | null;
}

/** … as it stands in the log. */
export interface AccessRow extends AccessEntry {
  /** day and process */
  chain: string;
  /** position in its chain, from 0 */
  seq: number;
  at: Date;
}

/** A row's id: its chain, and its place there. */
export const rowId = ({ chain, seq }: Pick<AccessRow, "chain" | "seq">): string =>
  `${chain}/${String(seq).padStart(9, "0")}`;
