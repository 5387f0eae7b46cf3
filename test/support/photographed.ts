import sharp from "sharp";

/** How a sheet was photographed. */
export interface Shot {
  /** degrees clockwise, any */
  turn?: number;
  /** share of the far edge that is lost by looking from the side, 0 to 0.4 */
  slant?: number;
  /** standard deviation in pixels */
  blur?: number;
  /** share of the light, 0 to 1 */
  light?: number;
  /** standard deviation of the noise, 0 to 255 */
  noise?: number;
  /** share of the picture's width that the sheet takes */
  share?: number;
  quality?: number;
}

/** A painted sheet on a dark table as a phone would have taken it: the same every time. */
export async function photographed(sheet: Buffer, shot: Shot = {}): Promise<Buffer> {
  const { turn = 0, slant = 0, blur = 0, light = 1, noise = 0, share = 0.85, quality = 82 } = shot;
  const seen = slant > 0 ? await slanted(sheet, slant) : sheet;
  const turned = await sharp(seen).ensureAlpha().rotate(turn, { background: "#00000000" }).png().toBuffer();
  const { width = 0, height = 0 } = await sharp(turned).metadata();
  const [tableWidth, tableHeight] = [Math.round(width / share), Math.round(height / share)];
  const onTable = await sharp({
    create: { width: tableWidth, height: tableHeight, channels: 3, background: "#4a4038" },
  })
    .composite([{ input: turned }])
    .png()
    .toBuffer();
  const lit = sharp(onTable).removeAlpha().linear(light, 0);
  const { data, info } = await (blur >= 0.3 ? lit.blur(blur) : lit).raw().toBuffer({ resolveWithObject: true });
  if (noise > 0) addNoise(data, noise);
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
}

/**
 * Seen from the right: the left edge is far and short. Nearest pixel of a picture twice as large, so that
 * strokes stay smooth.
 */
async function slanted(sheet: Buffer, slant: number): Promise<Buffer> {
  const { width = 0, height = 0 } = await sharp(sheet).metadata();
  const from = await sharp(sheet)
    .resize(width * 2, height * 2)
    .removeAlpha()
    .raw()
    .toBuffer();
  const to = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const near = 1 - slant + (slant * x) / width;
      const u = x / width / (near + (1 - near) * (x / width));
      const v = (y / height - 0.5) / near + 0.5;
      if (v < 0 || v >= 1 || u >= 1) continue;
      const at = (Math.floor(v * height * 2) * width * 2 + Math.floor(u * width * 2)) * 3;
      from.copy(to, (y * width + x) * 4, at, at + 3);
      to[(y * width + x) * 4 + 3] = 255;
    }
  }
  return sharp(to, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
}

/** Gaussian enough: the sum of four even numbers of a fixed generator (Park and Miller). */
function addNoise(pixels: Buffer, deviation: number): void {
  let state = 20_261_123;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  };
  for (let at = 0; at < pixels.length; at++) {
    const value = pixels[at]! + (next() + next() + next() + next()) * deviation * 1.73;
    pixels[at] = Math.max(0, Math.min(255, Math.round(value)));
  }
}
