import type { Letter } from "../domain/accident.ts";
import { isMandatory, type PhotoSlot } from "../domain/photo.ts";
import type { View } from "../domain/view.ts";

/** Slots named from A's side, who takes the five pictures, and their names as B sees them. */
const MIRRORED: Partial<Record<PhotoSlot, PhotoSlot>> = {
  "own-damage": "other-damage",
  "other-damage": "own-damage",
  "own-plate": "other-plate",
  "other-plate": "own-plate",
};

const seenAs = (slot: PhotoSlot, letter: Letter): PhotoSlot => (letter === "B" && MIRRORED[slot]) || slot;

/** A photograph that can be shown, and what it shows from this driver's side. */
export interface SeenPhoto {
  id: string;
  seenAs: PhotoSlot;
}

export const seenPhotos = ({ photos, letter }: View): SeenPhoto[] =>
  photos.filter(({ state }) => state === "stored").map(({ id, slot }) => ({ id, seenAs: seenAs(slot, letter) }));

/** The five that the agreement rests on, without the extras. */
export const seenEvidence = (view: View): SeenPhoto[] => seenPhotos(view).filter((photo) => isMandatory(photo.seenAs));
