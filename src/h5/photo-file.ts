import type { Scene } from "../domain/accident.ts";
import { isStored, type StoredPhoto } from "../domain/photo.ts";
import { NotFound } from "../errors.ts";
import { countPaced } from "../http/pace.ts";
import type { CaseRequest, PartyFile } from "./page.ts";
import { linksOf, PHOTO_SIZES, type PhotoSize } from "./photo-links.ts";
import { stampText } from "./times.ts";

/**
 * Serves a photograph's copy or thumbnail, re-encoded, never the bytes as received, and only by a link that a
 * page made for this viewer.
 */
export const photoFile: PartyFile = {
  path: "photos/:photo/:size",
  async send(request, { photo: photoId = "", size = "" }) {
    if (!isSize(size)) throw new NotFound();
    linksOf(request).check(photoId, size, request.koa.query);
    const { ctx, accident } = request;
    const photo = accident.photos.filter(isStored).find((one) => one.id === photoId);
    if (!photo) throw new NotFound();
    const sha256 = size === "thumb" ? photo.thumbSha256 : photo.copySha256;
    return { type: "image/jpeg", bytes: await ctx.blobs.read(accident, sha256) };
  },
};

/** The copy with a visible watermark, for use outside our pages. */
export const handoutFile: PartyFile = {
  path: "photos/:photo/handout",
  async send(request, { photo: photoId = "" }) {
    const { ctx, accident } = request;
    const photo = accident.photos.filter(isStored).find((one) => one.id === photoId);
    if (!photo) throw new NotFound();
    await countPaced(ctx, { pace: "handouts", whose: request.person.id });
    return handout(request, photo, await ctx.blobs.read(accident, photo.copySha256));
  },
};

const isSize = (text: string): text is PhotoSize => PHOTO_SIZES.some((size) => size === text);

/** Marks a file that leaves our pages with its case, time of arrival and place. */
async function handout({ ctx, view, t }: CaseRequest, photo: StoredPhoto, copy: Buffer) {
  const { number, scene } = view;
  const slot = t(`h5.case.watermark.slot.${photo.slot}`);
  const place = placeOf(scene, photo);
  const lines = [
    t("h5.case.watermark.number", { number, slot }),
    t("h5.case.watermark.received", { time: stampText(photo.receivedAt) }),
    ...(place ? [place] : []),
  ];
  const bytes = await ctx.photos.watermark(copy, lines);
  // There may be several of one kind.
  const nth = view.photos.findIndex(({ id }) => id === photo.id) + 1;
  return { type: "image/jpeg", bytes, filename: `${number}-${nth}-${slot}.jpg` };
}

/** The place for the watermark: the address as entered, else the phone's position. */
function placeOf({ address, positions }: Scene, { by }: StoredPhoto): string | null {
  const position = positions[by];
  if (address || !position) return address;
  return position.label ?? `${position.lat.toFixed(5)}, ${position.lng.toFixed(5)} (${position.crs})`;
}
