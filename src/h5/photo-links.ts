import type { Context } from "../context.ts";
import { NotAllowed } from "../errors.ts";
import { macOf, sameSecret } from "../http/cookies.ts";
import { type PageRequest, pageUrl } from "./page.ts";

/**
 * Sizes served to pages: thumbnail and 1,344-px copy, never the original.
 */
export const PHOTO_SIZES = ["thumb", "copy"] as const;
export type PhotoSize = (typeof PHOTO_SIZES)[number];

/** Makes one driver's links to the photographs of a case; each page makes new ones. */
export interface PhotoLinks {
  /** relative to the root, so that it may stand in an attribute of the page */
  url(photoId: string, size: PhotoSize): string;
  /** throws NotAllowed "photo-link"; all refusals look alike */
  check(photoId: string, size: PhotoSize, query: Record<string, unknown>): void;
}

export const PHOTO_LINK_LIFE_S = 15 * 60;
const PURPOSE = "photo-links";

/**
 * Bound to the viewer too: a link that is passed on opens nothing in another driver's hands, signed in or
 * not.
 */
export function photoLinks(
  { config, clock }: Pick<Context, "config" | "clock">,
  viewer: { personId: string; accidentId: string },
): PhotoLinks {
  const { personId, accidentId } = viewer;
  const nowS = () => Math.floor(clock.now().getTime() / 1000);
  const sign = (photoId: string, size: PhotoSize, expires: string) =>
    macOf(config.keys.session, PURPOSE, [personId, accidentId, photoId, size, expires].join("\n"));
  return {
    url(photoId, size) {
      const expires = String(nowS() + PHOTO_LINK_LIFE_S);
      const query = `expires=${expires}&signature=${sign(photoId, size, expires)}`;
      return `${pageUrl(accidentId, `photos/${photoId}/${size}`)}?${query}`;
    },
    check(photoId, size, { expires, signature }) {
      if (typeof expires !== "string" || !/^\d{1,12}$/.test(expires)) throw new NotAllowed("photo-link");
      const right = typeof signature === "string" && sameSecret(signature, sign(photoId, size, expires));
      const leftS = Number(expires) - nowS();
      if (!right || leftS < 0 || leftS > PHOTO_LINK_LIFE_S) throw new NotAllowed("photo-link");
    },
  };
}

/** Those of whoever asks for this page. */
export const linksOf = ({ ctx, view, person }: PageRequest): PhotoLinks =>
  photoLinks(ctx, { personId: person.id, accidentId: view.id });
