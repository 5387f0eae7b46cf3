import type { Change } from "./accident.ts";
import { actInTurn, type DisputeRules } from "./act-on-dispute.ts";
import { applicationState, guidanceState } from "./dispute.ts";
import type { DisputeAct } from "./dispute-act.ts";
import { APPLICATION_ACTS, GUIDANCE_ACTS } from "./dispute-table.ts";
import { compareStatements } from "./liability.ts";

/**
 * Ends what the police were asked for, because both drivers now state the same (the case leads back to
 * signing), or because the other driver is in the case no longer.
 */
export function settleDispute(change: Change, rules: DisputeRules): Change {
  const { accident } = change;
  const isSettled = compareStatements(accident, rules.catalogue).kind === "settled";
  if (!accident.dispute || (accident.parties.B && !isSettled)) return change;
  const due: DisputeAct[] = [];
  const isOpen = (row: { from: readonly string[] }, state: string) => row.from.includes(state);
  if (isOpen(GUIDANCE_ACTS["settle-guidance"], guidanceState(change.accident)))
    due.push({ type: "settle-guidance", by: "system" });
  if (isOpen(APPLICATION_ACTS["settle-application"], applicationState(change.accident)))
    due.push({ type: "settle-application", by: "system" });
  return actInTurn(change, due, rules);
}
