import type { Accident, Letter } from "./accident.ts";

/** So long the news of one picture waits for what becomes of those that were sent with it: a slow one must not keep it from him. */
export const NEWS_PATIENCE_MS = 10_000;

/** Say it now, look again in a moment, or say it together with the news of the next one. */
export type Turn = "now" | "wait" | "with-next";

/** When a driver hears that a picture of his was refused: of several sent at once the last one that is refused speaks for all, once none is on its way. */
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
