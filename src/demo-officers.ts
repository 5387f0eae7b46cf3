import { PERIOD_S } from "./accounts/credentials.ts";
import { closeOfficer } from "./actions/close-officer.ts";
import { inviteOfficer } from "./actions/invite-officer.ts";
import { setUpAccount } from "./actions/set-up-account.ts";
import type { Config } from "./config.ts";
import type { Context } from "./context.ts";
import { Conflict, NotFound } from "./errors.ts";
import { macOf } from "./http/cookies.ts";
import { DEMO_PEOPLE } from "./simulator/demo-people.ts";
import type { DemoOfficer } from "./simulator/operator.ts";

type Person = (typeof DEMO_PEOPLE)[number];

const HERE = { by: null, address: "simulator" };
const PASSWORD_LENGTH = 16;

/** Random for each data folder, since its session key is; the same after a restart. */
const passwordOf = ({ keys }: Config, number: string): string =>
  macOf(keys.session, "demo-officer", number).slice(0, PASSWORD_LENGTH);

const stepAt = (at: Date): number => Math.floor(at.getTime() / 1000 / PERIOD_S);

/** Whether there is a desk with officers of the simulator: never in production, where there is none. */
export const hasDemoOfficers = ({ simulator, police, roles }: Config): boolean =>
  simulator && police.enabled && roles.includes("desk");

/**
 * Makes the simulator's officers where they are missing, were closed, or have the password of another key.
 * Does nothing without the simulator.
 */
export async function makeDemoOfficers(ctx: Context): Promise<void> {
  if (hasDemoOfficers(ctx.config)) for (const person of DEMO_PEOPLE) await makeUnlessThere(ctx, person);
}

async function makeUnlessThere(ctx: Context, person: Person): Promise<void> {
  const { number } = person;
  const password = passwordOf(ctx.config, number);
  const proofs = await ctx.officers.findProofs(number);
  if (proofs && (await ctx.credentials.isPassword(proofs.passwordHash, password))) return;
  if (proofs) await closeOfficer(ctx, { ...HERE, id: proofs.officer.id });
  try {
    const { url } = await inviteOfficer(ctx, { ...person, ...HERE, district: null });
    const token = url.slice(url.lastIndexOf("/") + 1);
    const invited = await ctx.officers.findInvited(token, ctx.clock.now());
    const code = ctx.credentials.codeOf(invited?.secret ?? "", stepAt(ctx.clock.now()));
    await setUpAccount(ctx, { token, password, code, address: HERE.address });
  } catch (error) {
    // another process made it meanwhile
    if (!(error instanceof Conflict || error instanceof NotFound)) throw error;
  }
}

/** The simulator's officers with what signs in now; none without the simulator or without a desk. */
export async function listDemoOfficers(ctx: Context): Promise<DemoOfficer[]> {
  if (!hasDemoOfficers(ctx.config)) return [];
  const now = ctx.clock.now();
  const found = DEMO_PEOPLE.map(async ({ number, name, role }) => {
    const proofs = await ctx.officers.findProofs(number);
    if (!proofs) return [];
    // A code is good once, and a step ahead of its time.
    const step = Math.max(stepAt(now), proofs.step + 1);
    const inS = Math.max(0, Math.ceil((step - 1) * PERIOD_S - now.getTime() / 1000));
    const code = ctx.credentials.codeOf(proofs.secret, step);
    return [{ number, name, role, password: passwordOf(ctx.config, number), code, inS }];
  });
  return (await Promise.all(found)).flat();
}

/** What the start prints, for whoever plays an officer. */
export const demoOfficersText = (url: string, officers: readonly DemoOfficer[]): string =>
  [
    `  Officers' desk: ${url}/police (number, password, code of the second factor at this moment)`,
    ...officers.map(({ number, role, password, code }) => `    ${number}  ${role.padEnd(10)}  ${password}  ${code}`),
    "",
    "",
  ].join("\n");
