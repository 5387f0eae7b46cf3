import sharp from "sharp";
import type { Raster } from "./raster.ts";

/** Scales the whole raster; proportions change if the new ones differ. */
export async function resized({ data, width, height }: Raster, toWidth: number, toHeight: number): Promise<Raster> {
  const pixels = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(toWidth, toHeight, { fit: "fill" })
    .raw()
    .toBuffer();
  return { data: pixels, width: toWidth, height: toHeight };
}
