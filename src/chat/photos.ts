import { announcePhoto } from "../actions/announce-photo.ts";
import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { isMandatory, isSent, PHOTO_SLOTS, type PhotoSlot } from "../domain/photo.ts";
import { formatPlate } from "../domain/plate.ts";
import type { View } from "../domain/view.ts";
import { asParty } from "../http/as-party.ts";
import type { Translate } from "../render.ts";
import type { Asked } from "./asked.ts";
import { isOver, nextThing, type Standing, standing, standingOf } from "./next-thing.ts";

/**
 * Stores the picture's media id before it is answered; a job fetches the bytes. Of several pictures in a row
 * only the last is answered, for all of them.
 */
export async function onPhoto({ ctx, message, person, morePhotos }: Asked<"image">): Promise<string | null> {
  const t = ctx.render.words(person.language);
  const current = await standingOf(ctx, person);
  if (current?.short.step === "admission") return nextThing(ctx, person, current);
  if (!current || isOver(current)) return t("chat.photo.no-case", { next: nextThing(ctx, person, current) });
  const { accident, letter } = current;
  const delayedBy = await ctx.wechat.mediaRefusal();
  const after = await announcePhoto(asParty(ctx, { accidentId: accident.id, letter, person }), {
    accidentId: accident.id,
    letter,
    mediaId: message.mediaId,
    delayedBy,
    loaded: accident,
  });
  if (morePhotos()) return null;
  const now = standing(ctx, after, person) ?? current;
  if (!delayedBy) return received(ctx, person, now);
  return t("chat.photo.delayed", { url: `${ctx.config.publicUrl}/h5/accidents/${accident.id}` });
}

function received(ctx: Context, person: Person, current: Standing): string {
  const t = ctx.render.words(person.language);
  const { view } = current;
  const next = nextThing(ctx, person, current);
  if (!mayArrange(view)) return t("chat.photo.extra", { next });
  return t("chat.photo.taken", { list: photoList(ctx, person, view), next });
}

/** True for driver A until the cars have moved: the five mandatory photographs are A's. */
export const mayArrange = ({ open }: View): boolean => open.includes("photos");

const NUMBERS = ["①", "②", "③", "④", "⑤"];

/** Lists the five slots by number with the plate that was read, what was found and what to do. */
export function photoList(ctx: Context, person: Person, view: View): string {
  const t = ctx.render.words(person.language);
  const lines = PHOTO_SLOTS.map(
    (slot, index) => `${NUMBERS[index]} ${t(`evidence.slot.${slot}`)} ${said(view, slot, t)}`,
  );
  const extras = view.photos.filter((photo) => !isMandatory(photo.slot) && photo.by === "A" && isSent(photo));
  return [...lines, ...(extras.length > 0 ? [t("chat.photo.extras", { extras: extras.length })] : [])].join("\n");
}

function said(view: View, slot: PhotoSlot, t: Translate): string {
  const photo = view.photos.findLast((one) => one.slot === slot);
  if (!photo) return "…";
  if (photo.state === "refused") return `✗ ${t.find(`evidence.finding.${photo.refusal}`)}`;
  if (photo.state === "delayed") return `✗ ${t("evidence.finding.media-delayed")}`;
  if (photo.state === "announced") return t("chat.photo.arriving");
  if (photo.id === view.askedPhoto) return "？";
  const { plate, findings } = photo;
  const read = plate ? ` ${formatPlate(plate.plate)}${plate.sure ? "" : "？"}` : "";
  const [finding] = findings;
  return finding ? `！${read} ${t(`evidence.finding.${finding.code}`)}` : `✓${read}`;
}
