import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import sharp from "sharp";
import type { MandatorySlot, StoredPhoto } from "../../src/domain/photo.ts";
import { listSamples } from "../../src/simulator/samples/samples.ts";
import type { BlobOwner } from "../../src/store/blob-owner.ts";
import type { Blobs } from "../../src/store/blobs.ts";
import { SIGNATURE } from "../support/drivers.ts";

export type PictureNames = Record<
  MandatorySlot,
  Pick<StoredPhoto, "sha256" | "copySha256" | "thumbSha256" | "mime" | "bytes" | "width" | "height">
>;

/** Five pictures and a signature that all seeded cases have in common. */
export interface Pictures {
  names: PictureNames;
  /** SHA-256 of the drawn signature */
  signature: string;
  /** Stores the bytes for one case: each has its own, under its own key. */
  keep(blobs: Blobs, owner: BlobOwner): Promise<void>;
}

const COPY = { width: 800, height: 600 };
const THUMB_WIDTH = 240;
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** Reads the drawn samples and makes them small. */
export async function readPictures(): Promise<Pictures> {
  const small = await Promise.all(
    listSamples()
      .filter(({ phone }) => phone === 1)
      .map(async ({ slot, file }) => {
        const image = sharp(await readFile(file)).resize({ ...COPY, fit: "cover" });
        const copy = await image.clone().jpeg({ quality: 70 }).toBuffer();
        const thumb = await image.clone().resize({ width: THUMB_WIDTH }).jpeg({ quality: 60 }).toBuffer();
        return { slot, copy, thumb };
      }),
  );
  const signature = Buffer.from(SIGNATURE.slice(SIGNATURE.indexOf(",") + 1), "base64");
  const names = small.map(({ slot, copy, thumb }) => {
    const of = { sha256: sha256(copy), copySha256: sha256(copy), thumbSha256: sha256(thumb) };
    return [slot, { ...of, mime: "image/jpeg", bytes: copy.length, ...COPY }];
  });
  return {
    names: Object.fromEntries(names) as PictureNames,
    signature: sha256(signature),
    async keep(blobs, owner) {
      await blobs.save(owner, signature, "signature");
      for (const { copy, thumb } of small)
        await blobs.saveAll(owner, [
          { bytes: copy, kind: "copy" },
          { bytes: thumb, kind: "thumb" },
        ]);
    },
  };
}
