import { type Accident, LETTERS, type Letter, otherOf } from "./accident.ts";
import { isMandatory, isToFetch, PHOTO_SLOTS, type Photo, type PhotoSlot, type PlateReading } from "./photo.ts";
import { judgedByPlates } from "./photo-findings.ts";
import { isPlateSlot, isSamePlate, PLATE_SLOT, platePhoto } from "./photo-plates.ts";

/** Where a picture that came without a place belongs. */
export interface Placement {
  slot: PhotoSlot;
  /** put there until the driver has said whose plate it is */
  isAsked: boolean;
}

/** Plates that are known of each driver's car: typed, or from last time. */
export type KnownPlates = Record<Letter, readonly string[]>;

/** Collects the plates that are known of each car: typed by its driver, or the first driver's from last time. */
export function knownPlates({ parties }: Pick<Accident, "parties">, lastPlate: string | null): KnownPlates {
  const [A, B] = LETTERS.map((letter) => parties[letter]?.details?.plate).map((plate) => (plate ? [plate] : []));
  return { A: lastPlate ? [...(A ?? []), lastPlate] : (A ?? []), B: B ?? [] };
}

/*
 * How wide a plate stands in the picture, in thousandths of it. Taken for its own sake it fills 400 and more; on a bumper with its damage 230 to 300,
 * on a whole car 50 to 200. When only pictures of plates are still missing, one that can be read will do.
 */
const CLOSE_UP = 350;
const IN_ITS_TURN = 100;
const DAMAGE = 180;

const DAMAGE_SLOT = { A: "own-damage", B: "other-damage" } as const satisfies Record<Letter, PhotoSlot>;

type Case = Pick<Accident, "photos">;

/**
 * Puts a picture of the chat into its place by what it shows: the close-up of a known plate into that plate's, of an unknown one into the only one that
 * is open, else the driver is asked; two cars are the scene, a known car from near is its damage; everything else in the order in which it was sent.
 * Null as reading: nothing is known of it (no reader, or too slow), so it stays where it was announced.
 */
export function placeOf(
  accident: Case,
  photo: Photo,
  seen: { plates: PlateReading | null; known: KnownPlates },
): Placement {
  const open = PHOTO_SLOTS.filter((slot) => isOpen(accident, photo, slot));
  const shown = seen.plates && placeByPlates(accident, seen.plates, { open, known: seen.known });
  if (shown) return shown;
  if (!seen.plates && (photo.slot === "extra" || open.some((slot) => slot === photo.slot)))
    return { slot: photo.slot, isAsked: false };
  const inOrder = [...open.filter((slot) => !isPlateSlot(slot)), ...open.filter(isPlateSlot)];
  return { slot: inOrder[aheadOf(accident, photo)] ?? "extra", isAsked: false };
}

interface Room {
  open: readonly PhotoSlot[];
  known: KnownPlates;
}

function placeByPlates(accident: Case, { best, others }: PlateReading, { open, known }: Room): Placement | null {
  if (!best) return null;
  const owner = ownerOf(accident, best.plate, known);
  const into = (slot: PhotoSlot, isAsked = false) => (open.includes(slot) ? { slot, isAsked } : null);
  if (best.box.width >= (open.every(isPlateSlot) ? IN_ITS_TURN : CLOSE_UP)) {
    if (owner) return into(PLATE_SLOT[owner]);
    const [first, second] = open.filter(isPlateSlot);
    return first && !isThere(accident, best.plate) ? into(first, second !== undefined) : null;
  }
  if (others.length > 0) return into("scene");
  return owner && best.box.width >= DAMAGE ? into(DAMAGE_SLOT[owner]) : null;
}

/** Whose car it is: by what is known, or by the picture of his plate that stands there. */
const ownerOf = (accident: Case, plate: string, known: KnownPlates): Letter | undefined =>
  LETTERS.find((letter) => [...known[letter], ...standing(accident, letter)].some((one) => isSamePlate(one, plate)));

/** The picture of his plate tells which it is; while one of the two is asked about, neither does. */
function standing(accident: Case, letter: Letter): string[] {
  const best = askedPhoto(accident) ? null : platePhoto(accident, letter)?.plates?.best;
  return best ? [best.plate] : [];
}

/** The same plate once more is no picture of the other one. */
const isThere = ({ photos }: Case, plate: string): boolean =>
  photos.some(
    ({ slot, state, plates }) =>
      state === "stored" && isPlateSlot(slot) && plates?.best && isSamePlate(plates.best.plate, plate),
  );

/** What is only announced holds its place for now: pictures are placed when they are here. */
const isOpen = ({ photos }: Case, photo: Photo, slot: PhotoSlot): boolean =>
  !photos.some((other) => other.id !== photo.id && other.slot === slot && other.state === "stored");

/** Those sent before it that are still on their way keep their turn. */
function aheadOf({ photos }: Case, photo: Photo): number {
  const at = photos.findIndex(({ id }) => id === photo.id);
  return photos.slice(0, at).filter((other) => isToFetch(other) && other.by === photo.by && isMandatory(other.slot))
    .length;
}

/** The pictures with one of them in another place: what stood there takes its place, what was refused there is forgotten. */
export function movedTo(photos: readonly Photo[], photo: Photo, { slot, isAsked }: Placement): Photo[] {
  const at = (one: Photo, place: Placement): Photo => {
    const there = { ...one, ...place };
    return one.plates ? judgedByPlates(there, one.plates) : there;
  };
  const moved = at(photo, { slot, isAsked });
  if (slot === photo.slot || slot === "extra") return photos.map((other) => (other.id === photo.id ? moved : other));
  return photos
    .filter((other) => other.slot !== slot || other.state !== "refused" || other.id === photo.id)
    .map((other) => {
      if (other.id === photo.id) return moved;
      return other.slot === slot ? at(other, { slot: photo.slot, isAsked: false }) : other;
    });
}

export interface Answer {
  photo: Photo;
  slot: PhotoSlot;
}

const askedPhoto = ({ photos }: Case) => photos.find(({ isAsked, state }) => isAsked && state === "stored");

/** Whose plate the picture in question shows, once a driver has typed that very plate, or the one in the other picture; null while it is open. */
export function answeredByDetails(accident: Pick<Accident, "photos" | "parties">): Answer | null {
  const photo = askedPhoto(accident);
  if (!photo) return null;
  const counterpart = LETTERS.map((letter) => platePhoto(accident, letter)).find((one) => one && one.id !== photo.id);
  const others = typistOf(accident, counterpart ?? null);
  const owner = typistOf(accident, photo) ?? (others && otherOf(others));
  return owner ? { photo, slot: PLATE_SLOT[owner] } : null;
}

function typistOf({ parties }: Pick<Accident, "parties">, photo: Photo | null): Letter | undefined {
  const plate = photo?.plates?.best?.plate;
  return LETTERS.find((letter) => {
    const typed = parties[letter]?.details?.plate;
    return plate && typed && isSamePlate(plate, typed);
  });
}

/** A picture has come of a plate whose car is known: the one in question is of the same car, or else of the other. */
export function answeredByPicture(accident: Case, { best }: PlateReading, known: KnownPlates): Answer | null {
  const photo = askedPhoto(accident);
  const plate = photo?.plates?.best?.plate;
  if (!photo || !plate || !best || best.box.width < CLOSE_UP) return null;
  const owner = ownerOf(accident, best.plate, known);
  return owner ? { photo, slot: PLATE_SLOT[isSamePlate(plate, best.plate) ? owner : otherOf(owner)] } : null;
}
