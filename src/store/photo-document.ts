import {
  type AwaitedPhoto,
  type Photo,
  type RefusedPhoto,
  type StoredPhoto,
  type Taken,
  UNEXAMINED,
} from "../domain/photo.ts";
import type { Sealing } from "./sealing.ts";

/** At rest a photograph has every field; those that its state does not have are null. */
export type PhotoDocument = (AwaitedPhoto | RefusedPhoto | (StoredPhoto & { refusal: null })) & { sealed: unknown };

const NO_PICTURE = {
  ...{ refusal: null, sha256: null, mime: null, bytes: null, width: null, height: null },
  ...{ copySha256: null, thumbSha256: null, findings: [], imageHash: null, shrunkFrom: null },
  ...{ dupOf: null, isAsked: false, sealed: null },
};

/** Plates and where a phone was name a person; the rest says nothing about one. */
export function photoToDocument(photo: Photo, seals: Sealing): unknown {
  if (photo.state !== "stored") return { ...NO_PICTURE, ...photo };
  const { plates, taken, ...plain } = photo;
  const sealed = plates || taken ? seals.seal(`photo/${plain.id}`, { plates, taken }) : null;
  return { ...plain, refusal: null, sealed };
}

/** One stored before pictures were examined has nothing but what UNEXAMINED says. */
export function documentToPhoto(document: PhotoDocument, seals: Sealing): Photo {
  const { id, slot, by, source, receivedAt } = document;
  const known = { id, slot, by, source, receivedAt };
  if (document.state === "stored") {
    const { sealed, refusal: _, ...plain } = document;
    const { plates, taken } = seals.open<Pick<StoredPhoto, "plates" | "taken">>(`photo/${id}`, sealed) ?? UNEXAMINED;
    return { ...UNEXAMINED, ...plain, plates, taken: taken && takenOf(taken) };
  }
  const { mediaId } = document;
  if (document.state !== "refused") return { ...known, mediaId, state: document.state };
  return { ...known, mediaId, state: "refused", refusal: document.refusal, findings: document.findings ?? [] };
}

const takenOf = ({ at, position }: Taken): Taken => ({ at: at && new Date(at), position });
