import type { Accident, Change } from "./accident.ts";
import { isOver } from "./party.ts";

/**
 * Ends a case that nobody has joined, because its driver has come into another one: at the roadside both
 * often open one before a code is scanned. Nobody is told. Null: somebody is in it, or it is over.
 */
export function closedIfEmpty(accident: Accident, at: Date): Change | null {
  if (accident.parties.B || isOver(accident)) return null;
  return {
    accident: { ...accident, ended: { code: "withdrawn", reasons: [], by: "A", at } },
    events: [{ type: "ended", by: "A", data: { code: "withdrawn", reasons: [] } }],
  };
}
