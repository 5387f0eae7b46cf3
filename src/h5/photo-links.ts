import type { Context } from "../context.ts";
import { NotAllowed } from "../errors.ts";
import { expiringLinks } from "../http/expiring-links.ts";
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
  const links = expiringLinks({ config, clock }, { purpose: PURPOSE, lifeS: PHOTO_LINK_LIFE_S });
  const boundTo = (photoId: string, size: PhotoSize) => [personId, accidentId, photoId, size];
  return {
    url: (photoId, size) => pageUrl(accidentId, `photos/${photoId}/${size}`) + links.query(boundTo(photoId, size)),
    check(photoId, size, query) {
      if (!links.isGood(boundTo(photoId, size), query)) throw new NotAllowed("photo-link");
    },
  };
}

/** Those of whoever asks for this page. */
export const linksOf = ({ ctx, view, person }: PageRequest): PhotoLinks =>
  photoLinks(ctx, { personId: person.id, accidentId: view.id });
