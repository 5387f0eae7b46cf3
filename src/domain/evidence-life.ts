import type { Accident, ChainedEvent, EventType } from "./accident.ts";

const DAY_MS = 24 * 3600_000;
const AFTER_END_MS = 7 * DAY_MS;
/** A claim not delivered by then is sent again by an operator, which is a new step. */
const UNDER_WAY_MS = 90 * DAY_MS;

const STEPS: readonly EventType[] = [
  "claim-submitted",
  "claim-resent",
  "claim-delivered",
  "claim-undeliverable",
  "claim-stopped",
];

/**
 * Returns when the links in an accident's claims end: seven days after the last claim was delivered or given
 * up. While one is under way, held or waiting they stay valid, at most ninety days after its last step. The
 * epoch without a claim.
 */
export function evidenceEnds({ claims, events }: Pick<Accident, "claims" | "events">): Date {
  const last = events.findLast(({ type }) => STEPS.includes(type));
  if (!last) return new Date(0);
  const isUnderWay = claims.some(({ ref }) => !isAtItsEnd(events, ref));
  return new Date(last.at.getTime() + (isUnderWay ? UNDER_WAY_MS : AFTER_END_MS));
}

/** True when delivered, or given up and not sent again since. */
function isAtItsEnd(events: readonly ChainedEvent[], ref: string): boolean {
  const end = events.findLast(
    ({ type, data }) => data.ref === ref && type !== "claim-submitted" && STEPS.includes(type),
  );
  if (!end) return false;
  return end.type === "claim-delivered" || !events.some(({ type, seq }) => type === "claim-resent" && seq > end.seq);
}
