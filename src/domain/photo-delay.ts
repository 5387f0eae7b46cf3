import type { Upstream } from "../errors.ts";
import type { Accident, NewEvent } from "./accident.ts";
import { missingSlots } from "./journey.ts";
import { isOver } from "./party.ts";
import { type AwaitedPhoto, MEDIA_LIFE_MS } from "./photo.ts";

/** When to ask again for a picture that the platform does not hand out, and the code of the reason. */
export interface Again {
  code: string;
  afterMs: number;
}

const MINUTE_MS = 60_000;

/**
 * Attempts after a temporary fault (no answer, an error page), over half a minute, before the driver is sent
 * to the form.
 */
const PATIENCE = 3;

/** Pause between attempts while the end of a refusal is not known. */
const LOOK_AGAIN_MS = 15 * MINUTE_MS;

/**
 * Attempts are spread over this time after the limit's next day begins: the platform's clock differs from
 * ours, and all at once would overload it.
 */
const SPREAD_MS = 10 * MINUTE_MS;

/**
 * Decides when to ask again after the platform failed or refused: not before a time that it names, and only
 * within the three days for which it keeps the picture. Null: the picture is gone. Throws the error when the
 * job's own next attempt, some seconds later, may succeed.
 */
export function tryAgain(
  error: Upstream,
  { photo, attempts, now, random }: { photo: AwaitedPhoto; attempts: number; now: Date; random: number },
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
 * True when the driver must be told that the picture was not accepted; not for a delayed one whose slot has
 * been filled since.
 */
export const isWanted = (accident: Accident, { state, slot }: AwaitedPhoto): boolean =>
  state !== "delayed" || (!isOver(accident) && missingSlots(accident).some((missing) => missing === slot));

/** Makes the event of a picture that the platform does not hand out now; `code` is the reason. */
export const delayedEvent = ({ id, slot }: AwaitedPhoto, code: string): NewEvent => ({
  type: "photo-delayed",
  by: "system",
  data: { photo: id, slot, code },
});
