import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { photosAreSafe } from "../domain/journey.ts";
import { type Photo, type PhotoSlot, UNEXAMINED } from "../domain/photo.ts";
import { Conflict, Invalid } from "../errors.ts";
import { requireParty } from "./require.ts";

export const MAX_PHOTOS = 15;

export interface AddPhoto {
  accidentId: string;
  letter: Letter;
  slot: PhotoSlot;
  bytes: Buffer;
  source: "form" | "chat";
}

/** Takes a photograph: checked by content, kept byte for byte, with its copy and thumbnail; a new one in a mandatory slot replaces the old. */
export async function addPhoto(ctx: Context, { accidentId, letter, slot, bytes, source }: AddPhoto): Promise<Accident> {
  const accident = await ctx.accidents.get(accidentId);
  requireRoom(accident, letter, slot);
  const stored = await keep(ctx, accident, bytes);
  const photo: Photo = {
    ...stored,
    id: ctx.randomId(9),
    slot,
    by: letter,
    source,
    state: "stored",
    mediaId: null,
    refusal: null,
    ...UNEXAMINED,
    receivedAt: ctx.clock.now(),
  };
  return ctx.accidents.change(accidentId, (current) => {
    requireRoom(current, letter, slot);
    const kept = slot === "extra" ? current.photos : current.photos.filter((other) => other.slot !== slot);
    const next = { ...current, photos: [...kept, photo] };
    const digest = ctx.vault.digest(current.key, stored.sha256);
    return {
      accident: next,
      events: [
        {
          type: "photo-stored",
          by: letter,
          data: { photo: photo.id, slot, source, digest, complete: photosAreSafe(next) },
        },
      ],
    };
  });
}

/** Photographs are evidence: they may be added while the case runs, replaced only until the cars have moved. */
function requireRoom(accident: Accident, letter: Letter, slot: PhotoSlot): void {
  requireParty(accident, letter);
  if (slot !== "extra" && accident.movedAt) throw new Conflict("wrong-step");
  if (slot !== "extra" && letter !== "A") throw new Conflict("wrong-step");
  if (accident.photos.filter((photo) => photo.state !== "refused").length >= MAX_PHOTOS)
    throw new Invalid("too-many-photos", { limit: MAX_PHOTOS }, 409);
}

export type StoredPhoto = Pick<
  Photo,
  "sha256" | "mime" | "bytes" | "width" | "height" | "copySha256" | "thumbSha256"
> & { sha256: string };

/** Checks and stores original, copy and thumbnail. Throws Invalid (413, 415, 422) for what is not a usable photograph. */
export async function keep(ctx: Context, accident: Accident, bytes: Buffer): Promise<StoredPhoto> {
  const { mime } = await ctx.photos.inspect(bytes);
  const { copy, thumb, width, height } = await ctx.photos.derive(bytes);
  const [sha256, copySha256, thumbSha256] = await Promise.all([
    ctx.blobs.save(accident, bytes, "original"),
    ctx.blobs.save(accident, copy, "copy"),
    ctx.blobs.save(accident, thumb, "thumb"),
  ]);
  return { sha256, copySha256, thumbSha256, mime, bytes: bytes.length, width, height };
}
