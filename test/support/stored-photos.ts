import assert from "node:assert/strict";
import type { Accident } from "../../src/domain/accident.ts";
import { isStored, type Photo, type StoredPhoto } from "../../src/domain/photo.ts";

/** Asserts that the photograph is there and stored. */
export function asStored(photo: Photo | undefined): StoredPhoto {
  assert.ok(photo && isStored(photo), `${photo?.id} is ${photo?.state}`);
  return photo;
}

/** The photographs of a case, of which each must be stored. */
export const storedPhotos = ({ photos }: Pick<Accident, "photos">): StoredPhoto[] => photos.map(asStored);

export const refusalOf = (photo: Photo | undefined): string | undefined =>
  photo?.state === "refused" ? photo.refusal : undefined;
