import { readFileSync } from "node:fs";
import { type MandatorySlot, PHOTO_SLOTS } from "../../src/domain/photo.ts";

const fileOf = (slot: MandatorySlot) =>
  new URL(`../../../templates/simulator/samples/phone-1-${slot}.jpg`, import.meta.url);

/** A drawn picture for each mandatory place, no two alike: the same one twice would be sent back. */
export const SLOT_PHOTOS = Object.fromEntries(PHOTO_SLOTS.map((slot) => [slot, readFileSync(fileOf(slot))])) as Record<
  MandatorySlot,
  Buffer
>;

/** Their paths, for a browser's file inputs. */
export const SLOT_PHOTO_FILES: readonly string[] = PHOTO_SLOTS.map((slot) => fileOf(slot).pathname);
