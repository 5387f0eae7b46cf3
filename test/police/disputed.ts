import { actOnDispute } from "../../src/actions/act-on-dispute.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { ACTS, openPair, type Pair, type PairOptions } from "../h5/settle-driver.ts";
import type { TestApp } from "../support/app.ts";
import { DETAILS } from "../support/drivers.ts";

/** Two drivers, each of whom says that the other ran into them. */
export async function disputedPair(app: TestApp, options: PairOptions = {}): Promise<Pair> {
  const pair = await openPair(app, options);
  for (const letter of ["A", "B"] as const)
    await giveDetails(app.ctx, { accidentId: pair.id, letter, details: DETAILS[letter] });
  const { impact } = ACTS.A;
  const blaming = { ownAct: "none", otherAct: "QS-01", impact, note: "" };
  for (const letter of ["A", "B"] as const)
    await giveStatement(app.ctx, { accidentId: pair.id, letter, statement: blaming });
  return pair;
}

/** … and driver B asks for guidance. */
export async function guidedPair(app: TestApp, options: PairOptions = {}): Promise<Pair> {
  const pair = await disputedPair(app, options);
  await actOnDispute(app.ctx, pair.id, { type: "ask-guidance", by: "B" });
  return pair;
}

/** … or both apply for a determination. */
export async function appliedPair(app: TestApp, options: PairOptions = {}): Promise<Pair> {
  const pair = await disputedPair(app, options);
  await actOnDispute(app.ctx, pair.id, { type: "propose", by: "A" });
  await actOnDispute(app.ctx, pair.id, { type: "agree", by: "B" });
  return pair;
}
