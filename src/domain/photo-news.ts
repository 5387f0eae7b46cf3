import type { Accident, Letter } from "./accident.ts";

/**
 * How long a notice about one picture waits for the results of those sent with it; a slow picture must not
 * delay it longer.
 */
export const NEWS_PATIENCE_MS = 10_000;

/** Send now, look again in a moment, or join it to the notice about the next picture. */
export type Turn = "now" | "wait" | "with-next";

/**
 * Decides when a driver is told of a refused picture: of several sent at once, the last refused one speaks
 * for all once none is being processed.
 */
export function refusalTurn(
  { events, photos }: Pick<Accident, "events" | "photos">,
  { photoId, letter }: { photoId: string; letter: Letter },
  now: Date,
): Turn {
  const ofHis = new Set(
    events.filter(({ type, by }) => type === "photo-announced" && by === letter).map(({ data }) => data.photo),
  );
  const refused = events.filter(({ type, data }) => type === "photo-refused" && ofHis.has(data.photo));
  const own = refused.find(({ data }) => data.photo === photoId);
  if (!own) return "now";
  if (own !== refused.at(-1)) return "with-next";
  const othersCome = photos.some(({ by, state }) => by === letter && state === "announced");
  return othersCome && now.getTime() - own.at.getTime() < NEWS_PATIENCE_MS ? "wait" : "now";
}
