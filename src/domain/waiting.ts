import type { Accident, Letter } from "./accident.ts";
import { JOURNEY, STEPS, type Step } from "./journey.ts";

/** Steps at which one driver waits for what the other, who has joined, has to do: a reminder may be sent. */
export const WAITING_STEPS: readonly Step[] = STEPS.filter((step) =>
  ["entries", "signature"].includes(JOURNEY[step].waitsFor ?? ""),
);

/** Nothing to do at this step, and nothing signed yet: the time for a further photograph. */
export const hasTime = (step: Step): boolean => ["joining", "entries"].includes(JOURNEY[step].waitsFor ?? "");

export interface Waiting {
  /** when this driver did something last */
  since: Date;
  /** when this driver last had the other reminded */
  remindedAt: Date | null;
}

/** From then on the ways out are offered, and a reminder; the next one after the same time. */
export const LONG_WAIT_MS = 5 * 60_000;

/** Since when this driver waits, if there is nothing else to do. */
export function waitingOf({ parties, openedAt, events }: Accident, letter: Letter): Waiting {
  const me = parties[letter];
  const reminder = events.findLast(({ type, by }) => type === "party-reminded" && by === letter);
  return { since: me?.signature?.signedAt ?? me?.statement?.statedAt ?? openedAt, remindedAt: reminder?.at ?? null };
}

/** True after a long wait whose last reminder is as long ago. */
export function mayRemind({ since, remindedAt }: Waiting, now: Date): boolean {
  const last = Math.max(since.getTime(), remindedAt?.getTime() ?? 0);
  return now.getTime() - last >= LONG_WAIT_MS;
}
