import type { Accident, Letter } from "./accident.ts";
import type { Step } from "./journey.ts";

/** Where one has done his part and the other has not: what the pages and the chat then offer follows from how long it lasts. */
export const WAITING_STEPS: readonly Step[] = ["wait-details", "wait-statement", "wait-signature"];

/** From then on the ways out are offered, and a reminder; the next one after the same time. */
export const LONG_WAIT_MS = 5 * 60_000;

/** What the driver did last is when his waiting began. */
export function waitingSince({ parties, openedAt }: Pick<Accident, "parties" | "openedAt">, letter: Letter): Date {
  const me = parties[letter];
  return me?.signature?.signedAt ?? me?.statement?.statedAt ?? openedAt;
}

/** When this driver last had the other reminded, or null. */
export function remindedAt({ events }: Pick<Accident, "events">, letter: Letter): Date | null {
  return events.findLast(({ type, by }) => type === "party-reminded" && by === letter)?.at ?? null;
}

/** He has waited long, and his last reminder is as long ago. */
export function mayRemind(accident: Accident, letter: Letter, now: Date): boolean {
  const last = Math.max(waitingSince(accident, letter).getTime(), remindedAt(accident, letter)?.getTime() ?? 0);
  return now.getTime() - last >= LONG_WAIT_MS;
}
