import { movePhoto } from "../actions/move-photo.ts";
import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { PHOTO_SLOTS, type PhotoSlot } from "../domain/photo.ts";
import type { PlateSlot } from "../domain/photo-plates.ts";
import { isOver, nextThing, type Standing, standing, standingOf } from "./next-thing.ts";
import { mayArrange, photoList } from "./photos.ts";

/** Numbers of the photo list: two slots to exchange, or one slot to clear for the next picture sent. */
export interface Rearrangement {
  from: number;
  to: number | null;
}

const SWAP = /^(?:对调|调换|交换|换|swap|exchange)\s*([1-5])\D{0,5}([1-5])$/;
const BETWEEN = /^([1-5])\s*(?:和|与|跟|换|and|with|<?->|↔)\s*([1-5])\s*(?:对调|调换|交换|换|swap)?$/;
const RETAKE = /^(?:重拍|重发|retake|again)\s*([1-5])$/;

/** Reads "换 2 4", "swap 2 and 4", "②换④" or "重拍 3"; null for any other text. */
export function rearrangementOf(words: string): Rearrangement | null {
  const text = words.normalize("NFKC").trim().toLowerCase();
  const swap = SWAP.exec(text) ?? BETWEEN.exec(text);
  if (swap) return { from: Number(swap[1]), to: Number(swap[2]) };
  const retake = RETAKE.exec(text);
  return retake && { from: Number(retake[1]), to: null };
}

const MINE = ["1", "我的", "我的车", "我的车牌", "自己的", "我", "mine", "my plate", "my car", "me"];
const THEIRS = [
  "2",
  "对方的",
  "对方的车",
  "对方车牌",
  "对方",
  "他的",
  "她的",
  "theirs",
  "other",
  "the other",
  "his",
  "hers",
];

/** Reads whose plate a picture shows, by the number or the word of the question; null for any other text. */
export function ownerOf(words: string): PlateSlot | null {
  const text = words
    .normalize("NFKC")
    .trim()
    .replace(/[。.!]+$/, "")
    .toLowerCase();
  if (MINE.includes(text)) return "own-plate";
  return THEIRS.includes(text) ? "other-plate" : null;
}

/** Answers the open question about a plate picture; null when no question is open. */
export async function tellOwner(ctx: Context, person: Person, slot: PlateSlot): Promise<string | null> {
  const current = await standingOf(ctx, person);
  const photoId = current?.short.askedPhoto;
  if (!current || !photoId || isOver(current)) return null;
  const { accident, letter } = current;
  const after = await movePhoto(ctx, { accidentId: accident.id, letter, loaded: accident, photoId, slot });
  const now = standing(ctx, after, person) ?? current;
  const t = ctx.render.words(person.language);
  const list = photoList(ctx, person, now.view);
  return t("chat.photo.told", { slot: t(`evidence.slot.${slot}`), list, next: nextThing(ctx, person, now) });
}

/** Exchanges two pictures, or turns one into an extra so that the next one sent takes its slot. */
export async function rearrange(ctx: Context, person: Person, { from, to }: Rearrangement): Promise<string> {
  const t = ctx.render.words(person.language);
  const current = await standingOf(ctx, person);
  const next = nextThing(ctx, person, current);
  if (!current || isOver(current)) return next;
  if (!mayArrange(current.view)) return t("chat.photo.settled", { next });
  const after = await moved(ctx, current, { from: slotOf(from), to: to === null ? "extra" : slotOf(to) });
  const now = after && standing(ctx, after, person);
  if (!now) return t("chat.photo.nothing-there", { list: photoList(ctx, person, current.view), next });
  const list = photoList(ctx, person, now.view);
  return t(to === null ? "chat.photo.room" : "chat.photo.swapped", { list, next: nextThing(ctx, person, now) });
}

const slotOf = (number: number): PhotoSlot => PHOTO_SLOTS[number - 1] ?? "extra";

/** Null when neither slot holds a picture. */
async function moved(ctx: Context, current: Standing, { from, to }: { from: PhotoSlot; to: PhotoSlot }) {
  const { accident, letter } = current;
  const inSlot = (slot: PhotoSlot) => accident.photos.findLast((photo) => photo.slot === slot);
  const first = inSlot(from);
  const second = to === "extra" ? undefined : inSlot(to);
  const move = first ? { photoId: first.id, slot: to } : second && { photoId: second.id, slot: from };
  return move ? movePhoto(ctx, { accidentId: accident.id, letter, loaded: accident, ...move }) : null;
}
