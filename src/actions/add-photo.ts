import type { Context } from "../context.ts";
import type { Accident, Change, Letter } from "../domain/accident.ts";
import { missingSlots } from "../domain/journey.ts";
import {
  type Finding,
  isMandatory,
  isStoredIn,
  isToFetch,
  type Photo,
  type PhotoSlot,
  UNEXAMINED,
} from "../domain/photo.ts";
import { Conflict, Invalid } from "../errors.ts";
import {
  examinePhoto,
  judgePhoto,
  keepPhoto,
  keptPhoto,
  notePhotoHash,
  rejection,
  storedEvent,
  unusable,
} from "./check-photo.ts";
import { plateJob } from "./read-plate.ts";
import { requireParty } from "./require.ts";

const MAX_PHOTOS = 15;

export interface AddPhoto {
  accidentId: string;
  letter: Letter;
  slot: PhotoSlot;
  bytes: Buffer;
  source: "form" | "chat";
  /** what the phone says that it had before it made the picture smaller */
  shrunkFrom?: Photo["shrunkFrom"];
}

/**
 * Takes a photograph: checked by content, kept byte for byte, with its copy and thumbnail; a new one replaces the old. One that shows nothing is sent
 * back (`photo-unusable`), twice at most for each place. The same bytes in the same place again change nothing.
 */
export async function addPhoto(ctx: Context, input: AddPhoto): Promise<Accident> {
  const { accidentId, letter, slot, bytes } = input;
  const accident = await ctx.accidents.get(accidentId);
  requireParty(accident, letter);
  const sha256 = ctx.blobs.nameOf(bytes);
  if (isStoredIn(accident, { slot, letter, sha256 })) return accident;
  requireRoom(accident, letter, slot);
  const checked = await examinePhoto(ctx, bytes, sha256);
  const { block } = judgePhoto(accident, slot, checked);
  if (block) {
    const told = { slot, by: letter, sha256, block };
    throw unusable(await ctx.accidents.change(accidentId, (current) => rejection(ctx, current, told)), slot, block);
  }
  return store(ctx, input, { ...(await keepPhoto(ctx, accident, checked)), id: ctx.randomId(9) });
}

/** Photographs are evidence: they may be added while the case runs, replaced only until the cars have moved. */
function requireRoom(accident: Accident, letter: Letter, slot: PhotoSlot): void {
  requireParty(accident, letter);
  if (isMandatory(slot) && (accident.movedAt || letter !== "A")) throw new Conflict("wrong-step");
  requireSpace(
    accident,
    slot,
    accident.photos.filter((photo) => !isReplaced(accident, photo, { letter, slot })),
  );
}

/** A case holds fifteen. What need not be there leaves room for those of the five that are missing: want of room holds nobody on the road. */
export function requireSpace(accident: Accident, slot: PhotoSlot, photos = accident.photos): void {
  const limit = isMandatory(slot) ? MAX_PHOTOS : MAX_PHOTOS - missingSlots(accident).length;
  const kept = photos.filter(({ state }) => state !== "refused");
  if (kept.length >= limit) throw new Invalid("too-many-photos", { limit }, 409);
}

/** Nobody's picture makes way for the other driver's, and none that is here once the cars have moved. */
const isReplaced = ({ movedAt }: Accident, photo: Photo, by: Pick<AddPhoto, "letter" | "slot">): boolean =>
  photo.slot === by.slot &&
  photo.by === by.letter &&
  (photo.state === "refused" || (photo.state === "stored" && by.slot !== "extra" && !movedAt));

/** One of the chat that is on its way was only announced for this place: it finds another when it is here. */
const makingRoom = (accident: Accident, by: AddPhoto): Photo[] =>
  accident.photos
    .filter((photo) => !isReplaced(accident, photo, by))
    .map((photo) => (photo.slot === by.slot && isToFetch(photo) ? { ...photo, slot: "extra" } : photo));

type Kept = Awaited<ReturnType<typeof keepPhoto>> & { id: string };

async function store(ctx: Context, input: AddPhoto, { checked, stored, id }: Kept): Promise<Accident> {
  const { accidentId, letter, slot, source, shrunkFrom = null } = input;
  let refused: Finding | null = null;
  const after = await ctx.accidents.change(accidentId, (current): Change | null => {
    if (isStoredIn(current, { slot, letter, sha256: checked.sha256 })) return null;
    requireRoom(current, letter, slot);
    const { findings, dupOf, block } = judgePhoto(current, slot, checked);
    // another picture may have come in between
    refused = block;
    if (block) return rejection(ctx, current, { slot, by: letter, sha256: checked.sha256, block });
    const photo: Photo = {
      ...UNEXAMINED,
      ...keptPhoto(checked, stored),
      ...{ id, slot, by: letter, source, state: "stored", mediaId: null, refusal: null },
      ...{ findings, dupOf, shrunkFrom, receivedAt: ctx.clock.now() },
    };
    const accident = { ...current, photos: [...makingRoom(current, input), photo] };
    return { accident, events: [storedEvent(ctx, accident, photo)], outbox: [plateJob(accident, photo)] };
  });
  if (refused) throw unusable(after, slot, refused);
  await notePhotoHash(ctx, after, id);
  return after;
}
