import type { Accident, Letter } from "./accident.ts";
import type { Step } from "./journey.ts";

/**
 * Steps in which this driver has finished and the other has not; what is offered depends on how long they
 * last.
 */
export const WAITING_STEPS: readonly Step[] = ["wait-details", "wait-statement", "wait-signature"];

/** After this time ways out and a reminder are offered; a further reminder after the same time. */
export const LONG_WAIT_MS = 5 * 60_000;

/** Returns when this driver's waiting began: the time of their last act. */
export function waitingSince({ parties, openedAt }: Pick<Accident, "parties" | "openedAt">, letter: Letter): Date {
  const me = parties[letter];
  return me?.signature?.signedAt ?? me?.statement?.statedAt ?? openedAt;
}

/** Returns when this driver last had the other reminded, or null. */
export function remindedAt({ events }: Pick<Accident, "events">, letter: Letter): Date | null {
  return events.findLast(({ type, by }) => type === "party-reminded" && by === letter)?.at ?? null;
}

/** True when this driver has waited long and the last reminder is as long ago. */
export function mayRemind(accident: Accident, letter: Letter, now: Date): boolean {
  const last = Math.max(waitingSince(accident, letter).getTime(), remindedAt(accident, letter)?.getTime() ?? 0);
  return now.getTime() - last >= LONG_WAIT_MS;
}
