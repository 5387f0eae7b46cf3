import type { Accident, Letter } from "./accident.ts";
import { JOURNEY, STEPS, type Step } from "./journey.ts";

/** Steps at which a reminder may be sent. */
export const WAITING_STEPS: readonly Step[] = STEPS.filter((step) =>
  ["entries", "signature"].includes(JOURNEY[step].waitsFor ?? ""),
);

/** True at a step without a task and without a signature: a further photograph may be asked for. */
export const hasTime = (step: Step): boolean => ["joining", "entries"].includes(JOURNEY[step].waitsFor ?? "");

export interface Waiting {
  /** when this driver did something last */
  since: Date;
  /** when this driver last had the other reminded */
  remindedAt: Date | null;
}

/** After this time ways out and a reminder are offered; a further reminder after the same time. */
export const LONG_WAIT_MS = 5 * 60_000;

/**
 * Returns when this driver's waiting began (the time of their last act) and when they last sent a reminder.
 */
export function waitingOf({ parties, openedAt, events }: Accident, letter: Letter): Waiting {
  const me = parties[letter];
  const reminder = events.findLast(({ type, by }) => type === "party-reminded" && by === letter);
  return { since: me?.signature?.signedAt ?? me?.statement?.statedAt ?? openedAt, remindedAt: reminder?.at ?? null };
}

/** True when this driver has waited long and the last reminder is as long ago. */
export function mayRemind({ since, remindedAt }: Waiting, now: Date): boolean {
  const last = Math.max(since.getTime(), remindedAt?.getTime() ?? 0);
  return now.getTime() - last >= LONG_WAIT_MS;
}
