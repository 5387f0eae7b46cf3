import { type Accident, LETTERS, type Letter, type NewEvent, otherOf } from "./accident.ts";
import type { Photo, PhotoSlot, PlateReading } from "./photo.ts";

/** The first driver takes all five: "own" is his car, "other" that of the one who joins. */
export const PLATE_SLOT = { A: "own-plate", B: "other-plate" } as const satisfies Record<Letter, string>;
export type PlateSlot = (typeof PLATE_SLOT)[Letter];
export const isPlateSlot = (slot: PhotoSlot): slot is PlateSlot => slot === "own-plate" || slot === "other-plate";

export interface PlateDoubt {
  /** whose car */
  party: Letter;
  slot: PlateSlot;
  photoId: string;
  /** as the picture shows it, normalised: it hangs on a car that stands in front of both */
  read: string;
  /** as its driver typed it; null for the other driver until the agreement may be read */
  typed: string | null;
  /** the picture shows the other driver's car: the two may just have changed places */
  isSwapped: boolean;
}

/** The photograph of this driver's plate that counts. */
export function platePhoto(accident: Pick<Accident, "photos">, letter: Letter): Photo | null {
  return accident.photos.findLast((photo) => photo.slot === PLATE_SLOT[letter] && photo.state === "stored") ?? null;
}

/** No plate has the letters I and O (GA 36-2018): who types one means the digit. */
const folded = (plate: string): string => plate.replaceAll("O", "0").replaceAll("I", "1");
export const isSamePlate = (a: string, b: string): boolean => folded(a) === folded(b);

/** Every whole plate that was found in the picture. */
const platesIn = (reading: PlateReading): string[] =>
  [...(reading.best ? [reading.best] : []), ...reading.others].map(({ plate }) => plate);

/**
 * Where what a driver typed is not what the picture of his plate surely shows. Of several cars in it any may be his. Holds what was typed: for the
 * record and for him; what the other may see is the view's to decide.
 */
export function plateDoubts(accident: Pick<Accident, "photos" | "parties">): PlateDoubt[] {
  const { A, B } = accident.parties;
  // Whose plate a picture shows may still be open; when both have typed and neither is the one in it, it is not.
  if (accident.photos.some(({ isAsked }) => isAsked) && !(A.details && B?.details)) return [];
  return LETTERS.flatMap((party) => {
    const typed = accident.parties[party]?.details?.plate;
    const photo = platePhoto(accident, party);
    const reading = photo?.plates;
    if (!typed || !photo || !reading?.best?.sure) return [];
    if (platesIn(reading).some((plate) => isSamePlate(plate, typed))) return [];
    const read = reading.best.plate;
    const others = accident.parties[otherOf(party)]?.details?.plate;
    const isSwapped = others !== undefined && isSamePlate(read, others);
    return [{ party, slot: PLATE_SLOT[party], photoId: photo.id, read, typed, isSwapped }];
  });
}

/** The doubts that were not there before. */
export function newDoubts(before: Pick<Accident, "photos" | "parties">, after: typeof before): PlateDoubt[] {
  const known = plateDoubts(before).map(nameOf);
  return plateDoubts(after).filter((doubt) => !known.includes(nameOf(doubt)));
}
const nameOf = ({ party, photoId, read, typed }: PlateDoubt): string => `${party} ${photoId} ${read} ${typed}`;

/** Makes the events of the doubts that a change has raised: what was typed is not what a picture surely shows. */
export const doubtEvents = (before: Accident, after: Accident): NewEvent[] =>
  newDoubts(before, after).map(({ party, photoId }) => ({
    type: "plate-differs",
    by: "system",
    data: { party, photo: photoId },
  }));

export interface PlateSuggestion {
  plate: string;
  /** true: fill it in; false: offer `choices` for confirmation */
  sure: boolean;
  /** best first, at most three; the plate itself is the first */
  choices: string[];
  /** the picture to show beside it; null: it is from last time */
  photoId: string | null;
}

const MOST_CHOICES = 3;

/**
 * The plate of this driver's car as the photograph shows it, or as he gave it last time. Two sources that agree make it sure, though the reading alone
 * were not. Never the plate that the other driver has typed: one car has not two drivers here.
 */
export function suggestedPlate(
  accident: Pick<Accident, "photos" | "parties">,
  letter: Letter,
  lastPlate: string | null = null,
): PlateSuggestion | null {
  const photo = platePhoto(accident, letter);
  const taken = accident.parties[otherOf(letter)]?.details?.plate;
  const isFree = (plate: string) => taken === undefined || !isSamePlate(plate, taken);
  const last = lastPlate && isFree(lastPlate) ? lastPlate : null;
  const best = photo?.plates?.best;
  if (!photo || !best) return last ? { plate: last, sure: true, choices: [last], photoId: null } : null;
  const read = [best.plate, ...best.runnersUp].filter(isFree);
  const others = (photo.plates?.others ?? []).map(({ plate }) => plate).filter(isFree);
  const known = last && [...read, ...others].find((plate) => isSamePlate(plate, last));
  if (known) return { plate: known, sure: true, choices: [known], photoId: photo.id };
  const [first, ...rest] = [...read, ...others];
  if (!first) return null;
  const sure = best.sure && first === best.plate;
  const choices = sure ? [first] : [...new Set([first, ...(last ? [last] : []), ...rest])].slice(0, MOST_CHOICES);
  return { plate: first, sure, choices, photoId: photo.id };
}
