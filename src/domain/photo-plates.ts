import { type Accident, LETTERS, type Letter, type NewEvent, otherOf } from "./accident.ts";
import { askedPhoto, isStored, type PhotoSlot, type PlateReading, type StoredPhoto } from "./photo.ts";

/** Driver A takes all five: "own" is A's car, "other" the car of the driver who joins. */
export const PLATE_SLOT = { A: "own-plate", B: "other-plate" } as const satisfies Record<Letter, string>;
export type PlateSlot = (typeof PLATE_SLOT)[Letter];
export const isPlateSlot = (slot: PhotoSlot): slot is PlateSlot => slot === "own-plate" || slot === "other-plate";

export interface PlateDoubt {
  /** whose car */
  party: Letter;
  slot: PlateSlot;
  photoId: string;
  /** as the picture shows it, normalised; a plate is visible to both drivers anyway */
  read: string;
  /** as its driver typed it; null for the other driver until the agreement may be read */
  typed: string | null;
  /** the picture shows the other driver's car: the two pictures may just be swapped */
  isSwapped: boolean;
}

/** Returns the photograph of this driver's plate that counts. */
export function platePhoto(accident: Pick<Accident, "photos">, letter: Letter): StoredPhoto | null {
  return accident.photos.filter(isStored).findLast(({ slot }) => slot === PLATE_SLOT[letter]) ?? null;
}

/** No plate has the letters I and O (GA 36-2018): a driver who types one means the digit. */
const folded = (plate: string): string => plate.replaceAll("O", "0").replaceAll("I", "1");
export const isSamePlate = (a: string, b: string): boolean => folded(a) === folded(b);

/** All whole plates found in the picture. */
const platesIn = (reading: PlateReading): string[] =>
  [...(reading.best ? [reading.best] : []), ...reading.others].map(({ plate }) => plate);

/**
 * Lists contradictions between a typed plate and what the picture of that driver's plate surely shows. With
 * several cars in the picture any of them counts. Holds what was typed, for the record and its driver; the
 * view decides what the other driver sees.
 */
export function plateDoubts(accident: Pick<Accident, "photos" | "parties">): PlateDoubt[] {
  const { A, B } = accident.parties;
  // Whose plate a picture shows may still be open; not when both have typed and neither plate is the one in
  // it.
  if (askedPhoto(accident) && !(A.details && B?.details)) return [];
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

/** Returns the doubts that were not there before. */
export function newDoubts(before: Pick<Accident, "photos" | "parties">, after: typeof before): PlateDoubt[] {
  const known = plateDoubts(before).map(nameOf);
  return plateDoubts(after).filter((doubt) => !known.includes(nameOf(doubt)));
}
const nameOf = ({ party, photoId, read, typed }: PlateDoubt): string => `${party} ${photoId} ${read} ${typed}`;

/** Makes the events of the doubts that a change has raised. */
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
  /** the picture to show beside it; null: the plate is from last time */
  photoId: string | null;
}

const MOST_CHOICES = 3;

/**
 * Suggests the plate of this driver's car, from the photograph or from last time. Two sources that agree make
 * it sure even if the reading alone is not. Never the plate that the other driver has typed.
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
