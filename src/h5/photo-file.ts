import { NotFound } from "../errors.ts";
import type { PartyFile } from "./page.ts";
import { linksOf, PHOTO_SIZES, type PhotoSize } from "./photo-links.ts";

/** A photograph as it may be seen: the copy or the thumbnail, re-encoded, never the bytes as received. Only by a link that a page made for this viewer a moment ago. */
export const photoFile: PartyFile = {
  path: "photos/:photo/:size",
  async send(request, { photo: photoId = "", size = "" }) {
    if (!isSize(size)) throw new NotFound();
    linksOf(request).check(photoId, size, request.koa.query);
    const { ctx, accident } = request;
    const photo = accident.photos.find((one) => one.id === photoId);
    const sha256 = size === "thumb" ? photo?.thumbSha256 : photo?.copySha256;
    if (!sha256) throw new NotFound();
    return { type: "image/jpeg", bytes: await ctx.blobs.read(accident, sha256) };
  },
};

const isSize = (text: string): text is PhotoSize => (PHOTO_SIZES as readonly string[]).includes(text);
