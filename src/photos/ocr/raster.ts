import { decode } from "../decoder.ts";

/** Pixels as red, green, blue, one byte each, row by row. */
export interface Raster {
  data: Uint8Array;
  width: number;
  height: number;
}

/** Decodes the upright picture with no side over `side` pixels. Throws `photo-damaged`. */
export async function rasterOf(bytes: Buffer, side: number): Promise<Raster> {
  const { data, info } = await decode(bytes, (image) =>
    image
      .autoOrient()
      .resize({ width: side, height: side, fit: "inside", withoutEnlargement: true })
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );
  return { data, width: info.width, height: info.height };
}
