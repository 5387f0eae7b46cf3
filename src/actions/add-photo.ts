import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { requireFewPictures } from "../domain/brakes.ts";
import { requireGivable, requireParty } from "../domain/party.ts";
import {
  isMandatory,
  isStoredIn,
  isToFetch,
  type Photo,
  type PhotoSlot,
  type StoredPhoto,
  UNEXAMINED,
} from "../domain/photo.ts";
import {
  type Candidate,
  candidateOf,
  filesOf,
  hashToNote,
  judgePhoto,
  type KeptNames,
  keptPhoto,
  type Likeness,
  likenessOf,
  rejection,
  requireSpace,
  storedEvent,
  unusable,
} from "../domain/photo-intake.ts";
import { plateJob } from "../domain/plate-reading.ts";

export interface AddPhoto {
  accidentId: string;
  letter: Letter;
  slot: PhotoSlot;
  bytes: Buffer;
  source: "form" | "chat";
  /** size that the phone reports from before it shrank the picture */
  shrunkFrom?: StoredPhoto["shrunkFrom"];
}

/**
 * Takes a photograph: checked by content, stored byte for byte with its copy and thumbnail; a new one
 * replaces the old. One that shows nothing is sent back (`photo-unusable`), at most twice per slot. The same
 * bytes in the same slot change nothing.
 */
export async function addPhoto(ctx: Context, input: AddPhoto): Promise<Accident> {
  const { accidentId, letter, slot, bytes } = input;
  const accident = await ctx.accidents.get(accidentId);
  requireParty(accident, letter);
  const sha256 = ctx.blobs.nameOf(bytes);
  if (isStoredIn(accident, { slot, letter, sha256 })) return accident;
  requireRoom(ctx, accident, input);
  const digest = ctx.vault.digest(accident.key, sha256);
  const candidate = candidateOf(bytes, { sha256, digest }, await ctx.photos.examine(bytes));
  const { block } = judgePhoto(accident, slot, { candidate, by: letter });
  if (block) {
    const told = { slot, by: letter, digest, block, now: ctx.clock.now() };
    throw unusable(await ctx.accidents.change(accidentId, (current) => rejection(current, told)), slot, block);
  }
  const [names, like] = await Promise.all([
    ctx.blobs.saveAll(accident, filesOf(candidate)),
    candidate.imageHash ? ctx.photoHashes.findLike({ accidentId, imageHash: candidate.imageHash }) : null,
  ]);
  return store(ctx, input, { id: ctx.randomId(9), candidate, names, likeness: likenessOf(like) });
}

/**
 * Photographs are evidence: they may be added while the case runs, and replaced only until the cars have
 * moved.
 */
function requireRoom({ config, clock }: Context, accident: Accident, { letter, slot }: AddPhoto): void {
  requireParty(accident, letter);
  requireFewPictures(accident, letter, clock.now());
  if (isMandatory(slot)) requireGivable("photos", accident, letter, config.rules.catalogue);
  const photos = accident.photos.filter((photo) => !isReplaced(accident, photo, { letter, slot }));
  requireSpace({ photos }, { slot, by: letter });
}

/**
 * True for a picture that the upload replaces: the same driver's, in the same slot, refused, or stored before
 * the cars have moved; an extra is never replaced.
 */
const isReplaced = ({ movedAt }: Accident, photo: Photo, by: Pick<AddPhoto, "letter" | "slot">): boolean =>
  photo.slot === by.slot &&
  photo.by === by.letter &&
  (photo.state === "refused" || (photo.state === "stored" && by.slot !== "extra" && !movedAt));

/**
 * Returns the pictures that stay. One that was only announced by chat leaves the slot and finds another when
 * its bytes are here.
 */
const makingRoom = (accident: Accident, by: AddPhoto): Photo[] =>
  accident.photos
    .filter((photo) => !isReplaced(accident, photo, by))
    .map((photo) => (photo.slot === by.slot && isToFetch(photo) ? { ...photo, slot: "extra" } : photo));

interface Kept {
  id: string;
  candidate: Candidate;
  names: KeptNames;
  likeness: Likeness;
}

async function store(ctx: Context, input: AddPhoto, { id, candidate, names, likeness }: Kept): Promise<Accident> {
  const { accidentId, letter, slot, source, shrunkFrom = null } = input;
  const { sha256, digest } = candidate;
  const now = ctx.clock.now();
  const { accident: after, result: refusal } = await ctx.accidents.decide(accidentId, (current) => {
    if (isStoredIn(current, { slot, letter, sha256 })) return { change: null, result: null };
    requireRoom(ctx, current, input);
    const { findings, dupOf, block } = judgePhoto(current, slot, { candidate, by: letter, likeness });
    // another picture may have come in between
    if (block) return { change: rejection(current, { slot, by: letter, digest, block, now }), result: block };
    const photo: StoredPhoto = {
      ...UNEXAMINED,
      ...keptPhoto(candidate, names),
      ...{ id, slot, by: letter, source, state: "stored", mediaId: null },
      ...{ findings, dupOf, shrunkFrom, receivedAt: now },
    };
    const accident = { ...current, photos: [...makingRoom(current, input), photo] };
    const events = [storedEvent(accident, photo, digest)];
    return { change: { accident, events, outbox: [plateJob(accident, photo)] }, result: null };
  });
  if (refusal) throw unusable(after, slot, refusal);
  const hash = hashToNote(after, id);
  if (hash) await ctx.photoHashes.note(hash);
  return after;
}
