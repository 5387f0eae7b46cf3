import type { Upstream } from "../errors.ts";
import type { Accident, NewEvent } from "./accident.ts";
import { missingSlots } from "./journey.ts";
import { isOver } from "./party.ts";
import { MEDIA_LIFE_MS, type Photo } from "./photo.ts";

/** When a picture that the platform does not hand out is to be asked for again, and the code of why it does not. */
export interface Again {
  code: string;
  afterMs: number;
}

const MINUTE_MS = 60_000;

/**
 * Attempts after a passing fault (no answer, an error page), the last half a minute later, before the driver
 * is sent to the form.
 */
const PATIENCE = 3;

/** Pause between two attempts while it is not known when the account is accepted again. */
const LOOK_AGAIN_MS = 15 * MINUTE_MS;

/**
 * Attempts are spread over so long after the start of the limit's next day: the platform's clock differs from
 * ours, and they should not all come at once.
 */
const SPREAD_MS = 10 * MINUTE_MS;

/**
 * Says when to ask again for a picture after the platform has failed or refused us: not before the time that
 * the platform names, and only for the three days for which it keeps the picture. Null: the picture is gone.
 * Throws the error where the job's own next attempt, some seconds later, may succeed.
 */
export function tryAgain(
  error: Upstream,
  { photo, attempts, now, random }: { photo: Photo; attempts: number; now: Date; random: number },
): Again | null {
  const { code, details } = error;
  const leftMs = photo.receivedAt.getTime() + MEDIA_LIFE_MS - now.getTime();
  if (code === "wechat-media-gone" || leftMs <= 0) return null;
  const isOfTheMoment = error.retryable && !details["refusesAccount"];
  if (isOfTheMoment && photo.state !== "delayed" && attempts < PATIENCE) throw error;
  return { code, afterMs: Math.min(pauseMs(details["retryAt"], { now, random }), leftMs) };
}

function pauseMs(retryAt: unknown, { now, random }: { now: Date; random: number }): number {
  const saidMs = retryAt instanceof Date ? retryAt.getTime() - now.getTime() : 0;
  return saidMs > LOOK_AGAIN_MS ? Math.round(saidMs + SPREAD_MS * (0.1 + 0.9 * random)) : LOOK_AGAIN_MS;
}

/**
 * Whether the driver is told that the picture was not accepted. A delayed one whose slot has been filled
 * since needs no message.
 */
export const isWanted = (accident: Accident, { state, slot }: Photo): boolean =>
  state !== "delayed" || (!isOver(accident) && missingSlots(accident).some((missing) => missing === slot));

/** Makes the event of a picture that the platform does not hand out at present; `code` says why. */
export const delayedEvent = ({ id, slot }: Photo, code: string): NewEvent => ({
  type: "photo-delayed",
  by: "system",
  data: { photo: id, slot, code },
});
