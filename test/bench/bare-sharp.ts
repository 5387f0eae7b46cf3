import sharp from "sharp";
import { COPY_SIDE, THUMB_SIDE } from "../../src/photos/limits.ts";
import { phonePicture } from "./phone-picture.ts";

/**
 * Baseline for photos.ts: sharp alone makes the same two pictures. Gets how many, and how many at once;
 * answers when done.
 */
async function resizeOnly(picture: Buffer): Promise<void> {
  const copy = await sharp(picture)
    .autoOrient()
    .resize(COPY_SIDE, COPY_SIDE, { fit: "inside" })
    .jpeg({ quality: 80 })
    .toBuffer();
  await sharp(copy).resize(THUMB_SIDE, THUMB_SIDE, { fit: "inside" }).jpeg({ quality: 80 }).toBuffer();
}

const picture = await phonePicture();
process.on("message", async ({ pictures, parallel }: { pictures: number; parallel: number }) => {
  let left = pictures;
  const one = async () => {
    while (left-- > 0) await resizeOnly(picture);
  };
  await Promise.all(Array.from({ length: parallel }, one));
  process.send?.("done");
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
