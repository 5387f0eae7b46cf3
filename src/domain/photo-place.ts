import { type Accident, LETTERS, type Letter, otherOf } from "./accident.ts";
import {
  askedPhoto,
  isMandatory,
  isStored,
  isToFetch,
  PHOTO_SLOTS,
  type Photo,
  type PhotoSlot,
  type PlateReading,
  type StoredPhoto,
} from "./photo.ts";
import { judgedByPlates } from "./photo-findings.ts";
import { isPlateSlot, isSamePlate, PLATE_SLOT, platePhoto } from "./photo-plates.ts";

/** The slot chosen for a picture that came without one. */
export interface Placement {
  slot: PhotoSlot;
  /** placed there until the driver has said whose plate it is */
  isAsked: boolean;
}

/** Known plates of each driver's car: typed, or from last time. */
export type KnownPlates = Record<Letter, readonly string[]>;

/** Collects the known plates of each car: typed by its driver, or driver A's from last time. */
export function knownPlates({ parties }: Pick<Accident, "parties">, lastPlate: string | null): KnownPlates {
  const [A, B] = LETTERS.map((letter) => parties[letter]?.details?.plate).map((plate) => (plate ? [plate] : []));
  return { A: lastPlate ? [...(A ?? []), lastPlate] : (A ?? []), B: B ?? [] };
}

/*
 * Width of a plate in the picture, in thousandths: a close-up has 400 and more, a damaged bumper 230 to 300,
 * a whole car 50 to 200. When only plate pictures are missing, any legible one counts.
 */
const CLOSE_UP = 350;
const IN_ITS_TURN = 100;
const DAMAGE = 180;

const DAMAGE_SLOT = { A: "own-damage", B: "other-damage" } as const satisfies Record<Letter, PhotoSlot>;

type Case = Pick<Accident, "photos">;

/**
 * Chooses the slot of a chat picture by what it shows: a close-up of a known plate goes to that plate's slot,
 * of an unknown one to the only open plate slot, else the driver is asked; two cars are the scene, one known
 * car up close is its damage; anything else goes in order of sending. Without a reading (no reader, or too
 * slow) it stays where it was announced.
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

/** Returns whose car it is, by the known plates or by the plate picture in that driver's slot. */
const ownerOf = (accident: Case, plate: string, known: KnownPlates): Letter | undefined =>
  LETTERS.find((letter) => [...known[letter], ...standing(accident, letter)].some((one) => isSamePlate(one, plate)));

/** Plates in the picture of this driver's plate; none while the question about one of the two is open. */
function standing(accident: Case, letter: Letter): string[] {
  const best = askedPhoto(accident) ? null : platePhoto(accident, letter)?.plates?.best;
  return best ? [best.plate] : [];
}

/** A second picture of the same plate is not one of the other car's. */
const isThere = ({ photos }: Case, plate: string): boolean =>
  photos
    .filter(isStored)
    .some(({ slot, plates }) => isPlateSlot(slot) && plates?.best && isSamePlate(plates.best.plate, plate));

/** An announced picture holds its slot only for now: it is placed when its bytes are here. */
const isOpen = ({ photos }: Case, photo: Photo, slot: PhotoSlot): boolean =>
  !photos.some((other) => other.id !== photo.id && other.slot === slot && other.state === "stored");

/** Counts the pictures sent before this one that are still to come. */
function aheadOf({ photos }: Case, photo: Photo): number {
  const at = photos.findIndex(({ id }) => id === photo.id);
  return photos.slice(0, at).filter((other) => isToFetch(other) && other.by === photo.by && isMandatory(other.slot))
    .length;
}

/**
 * Returns the pictures with one of them in another slot: the one there takes its place, a refused one there
 * is dropped.
 */
export function movedTo(photos: readonly Photo[], photo: Photo, { slot, isAsked }: Placement): Photo[] {
  const at = (one: Photo, place: Placement): Photo => {
    if (one.state !== "stored") return { ...one, slot: place.slot };
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

/**
 * Returns whose plate the questioned picture shows, once a driver has typed that plate or the one in the
 * other picture; null while open.
 */
export function answeredByDetails(accident: Pick<Accident, "photos" | "parties">): Answer | null {
  const photo = askedPhoto(accident);
  if (!photo) return null;
  const counterpart = LETTERS.map((letter) => platePhoto(accident, letter)).find((one) => one && one.id !== photo.id);
  const others = typistOf(accident, counterpart ?? null);
  const owner = typistOf(accident, photo) ?? (others && otherOf(others));
  return owner ? { photo, slot: PLATE_SLOT[owner] } : null;
}

function typistOf({ parties }: Pick<Accident, "parties">, photo: StoredPhoto | null): Letter | undefined {
  const plate = photo?.plates?.best?.plate;
  return LETTERS.find((letter) => {
    const typed = parties[letter]?.details?.plate;
    return plate && typed && isSamePlate(plate, typed);
  });
}

/**
 * Answers the question by another picture whose car is known: the questioned plate is of the same car, or
 * else of the other.
 */
export function answeredByPicture(accident: Case, { best }: PlateReading, known: KnownPlates): Answer | null {
  const photo = askedPhoto(accident);
  const plate = photo?.plates?.best?.plate;
  if (!photo || !plate || !best || best.box.width < CLOSE_UP) return null;
  const owner = ownerOf(accident, best.plate, known);
  return owner ? { photo, slot: PLATE_SLOT[isSamePlate(plate, best.plate) ? owner : otherOf(owner)] } : null;
}
