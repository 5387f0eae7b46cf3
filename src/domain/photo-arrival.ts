import type { Accident, Change, NewEvent } from "./accident.ts";
import { photosAreSafe } from "./journey.ts";
import { notice } from "./notice.ts";
import { isOver } from "./party.ts";
import {
  type AwaitedPhoto,
  type Finding,
  type Photo,
  type PlateReading,
  type StoredPhoto,
  UNEXAMINED,
} from "./photo.ts";
import { delayedEvent, isWanted } from "./photo-delay.ts";
import {
  type Candidate,
  type Judgement,
  judgePhoto,
  type KeptNames,
  keptPhoto,
  type Likeness,
  rejection,
  storedEvent,
} from "./photo-intake.ts";
import { withMoved } from "./photo-move.ts";
import { answeredByPicture, knownPlates, movedTo, placeOf } from "./photo-place.ts";
import { plateJob, withReading } from "./plate-reading.ts";

/** Input for choosing the slot of a chat picture. */
export interface Seen {
  /** null: no reader, or no answer in time */
  plates: PlateReading | null;
  /** of the car that driver A had last time */
  lastPlate: string | null;
}

/** Refuses a chat picture; its driver is told what to do. */
export function refused(accident: Accident, photo: AwaitedPhoto, refusal: string, findings: Finding[] = []): Change {
  const event: NewEvent = { type: "photo-refused", by: "system", data: { photo: photo.id, slot: photo.slot, refusal } };
  return {
    accident: replaced(accident, { ...photo, state: "refused", refusal, findings }),
    events: [event],
    // The sender may have been removed since.
    outbox:
      accident.parties[photo.by] && isWanted(accident, photo)
        ? [notice(accident, photo.by, "photo-refused", { photo: photo.id, slot: photo.slot, refusal })]
        : [],
  };
}

/** Marks a picture that the platform does not hand out now; for several of one driver there is one notice. */
export function delayed(accident: Accident, photo: AwaitedPhoto, code: string): Change | null {
  if (photo.state === "delayed") return null;
  const isSaid = accident.photos.some(({ by, state }) => by === photo.by && state === "delayed");
  return {
    accident: replaced(accident, { ...photo, state: "delayed" }),
    events: [delayedEvent(photo, code)],
    outbox:
      accident.parties[photo.by] && !isSaid && !isOver(accident) ? [notice(accident, photo.by, "photo-delayed")] : [],
  };
}

type Blocked = Judgement & { block: Finding };

export const isBlocked = (judgement: Judgement): judgement is Blocked => judgement.block !== null;

/** Sends back a picture that shows nothing: its driver is told what to do, and the try is counted. */
export function sentBack(
  accident: Accident,
  photo: AwaitedPhoto,
  { judgement, digest, now }: { judgement: Blocked; digest: string; now: Date },
): Change {
  const { slot, by } = photo;
  const { block, findings } = judgement;
  const counted = rejection(accident, { slot, by, digest, block, now });
  const change = refused(counted?.accident ?? accident, photo, block.code, findings);
  return { ...change, events: [...(counted?.events ?? []), ...change.events] };
}

export interface Arrival {
  announced: AwaitedPhoto;
  candidate: Candidate;
  names: KeptNames;
  likeness: Likeness;
  /** null: its slot does not depend on what it shows */
  seen: Seen | null;
  now: Date;
}

/** Puts a stored chat picture into the slot that fits what it shows, or sends it back. */
export function arrived(before: Accident, { announced, candidate, names, likeness, seen, now }: Arrival): Change {
  const { accident, events, photo: found, placement } = placed(before, announced, seen);
  const judgement = judgePhoto(accident, placement.slot, { candidate, by: announced.by, likeness });
  // another picture may have come in between
  if (isBlocked(judgement)) return sentBack(before, announced, { judgement, digest: candidate.digest, now });
  const { findings, dupOf } = judgement;
  const kept = keptPhoto(candidate, names);
  const photo: StoredPhoto = { ...UNEXAMINED, ...found, ...kept, state: "stored", findings, dupOf };
  const photos = movedTo(replaced(accident, photo).photos, photo, placement);
  const there = { ...photo, ...placement };
  const reading = seen?.plates && withReading({ ...accident, photos }, there, seen.plates);
  const next = reading ? reading.accident : { ...accident, photos };
  return {
    accident: next,
    events: [...events, storedEvent(next, there, candidate.digest), ...(reading ? reading.events : [])],
    outbox: [
      ...(reading ? [] : [plateJob(next, there)]),
      ...(placement.isAsked ? [notice(next, "A", "photo-asked")] : []),
      ...(photosAreSafe(next) && !photosAreSafe(before) && !isOver(next) ? [notice(next, "A", "may-move")] : []),
    ],
  };
}

/**
 * Chooses the slot by what the picture shows while driver A's pictures may still be arranged; a slot chosen
 * by the driver stands.
 */
function placed(accident: Accident, photo: AwaitedPhoto, seen: Seen | null) {
  const isArranged = accident.events.some(
    ({ type, by, data }) =>
      type === "photo-moved" && by !== "system" && (data.photo === photo.id || data.other === photo.id),
  );
  if (!seen || accident.movedAt || isOver(accident) || isArranged)
    return { accident, events: [], photo, placement: { slot: photo.slot, isAsked: false } };
  const known = knownPlates(accident, seen.lastPlate);
  const answer = seen.plates && answeredByPicture(accident, seen.plates, known);
  const settled = answer
    ? withMoved(accident, answer.photo, { slot: answer.slot, by: "system" })
    : { accident, events: [] };
  // the answer may have moved this picture, too
  const slot = settled.accident.photos.find(({ id }) => id === photo.id)?.slot ?? photo.slot;
  const there = { ...photo, slot };
  return { ...settled, photo: there, placement: placeOf(settled.accident, there, { plates: seen.plates, known }) };
}

const replaced = (accident: Accident, photo: Photo): Accident => ({
  ...accident,
  photos: accident.photos.map((other) => (other.id === photo.id ? photo : other)),
});
