import sharp, { type Sharp } from "sharp";
import type { Quad } from "../../../src/photos/ocr/geometry.ts";
import { type Raster, rasterOf } from "../../../src/photos/ocr/raster.ts";
import { straighten } from "../../../src/photos/ocr/warp.ts";
import { type Random, randomFrom } from "./random.ts";

type Change = (raster: Raster, random: Random) => Promise<Raster> | Raster;

const SIDE = 1344;

const piped = async (raster: Raster, work: (image: Sharp) => Sharp): Promise<Raster> => {
  const { width, height } = raster;
  const image = sharp(raster.data, { raw: { width, height, channels: 3 } });
  const { data, info } = await work(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
};

const blurred =
  (sigma: number): Change =>
  (raster) =>
    piped(raster, (image) => image.blur(sigma));
const smaller =
  (share: number): Change =>
  (raster) =>
    piped(raster, (image) => image.resize(Math.round(raster.width * share)));
const turned =
  (degrees: number): Change =>
  (raster) =>
    piped(raster, (image) => image.rotate(degrees, { background: "#555" }));
const lit =
  (gain: number, lift = 0): Change =>
  (raster) =>
    piped(raster, (image) => image.linear(gain, lift));
const compressed =
  (quality: number): Change =>
  async (raster) => {
    const { width, height } = raster;
    const bytes = await sharp(raster.data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality })
      .toBuffer();
    return await rasterOf(bytes, SIDE);
  };
const noisy =
  (deviation: number): Change =>
  (raster, random) => {
    const data = raster.data.map((value) => Math.max(0, Math.min(255, value + random.normal() * deviation)));
    return { ...raster, data: Uint8Array.from(data) };
  };
/** seen from one side: the far edge `share` shorter */
const aslant =
  (share: number): Change =>
  (raster) => {
    const { width, height } = raster;
    const [near, far] = [share > 0 ? 0 : -share * height, share > 0 ? share * height : 0];
    const corners: Quad = [
      { x: 0, y: -near / 2 },
      { x: width, y: -far / 2 },
      { x: width, y: height + far / 2 },
      { x: 0, y: height + near / 2 },
    ];
    return straighten(raster, corners, { width: Math.round(width * (1 - Math.abs(share) / 2)), height });
  };
const sheared =
  (share: number): Change =>
  (raster) => {
    const { width, height } = raster;
    const shift = share * height;
    const corners: Quad = [
      { x: shift, y: 0 },
      { x: width + shift, y: 0 },
      { x: width, y: height },
      { x: 0, y: height },
    ];
    return straighten(raster, corners, { width, height });
  };
/** moved while the shutter was open: `length` pixels across */
const shaken =
  (length: number): Change =>
  ({ data, width, height }) => {
    const moved = new Uint8Array(data.length);
    for (let at = 0; at < data.length; at++) {
      let sum = 0;
      for (let step = 0; step < length; step++) sum += data[Math.min(data.length - 1, at + step * 3)]!;
      moved[at] = sum / length;
    }
    return { data: moved, width, height };
  };
const all =
  (...changes: Change[]): Change =>
  async (raster, random) => {
    let changed = raster;
    for (const change of changes) changed = await change(changed, random);
    return changed;
  };

/** Degradations by phones, rain, night and the chat. */
export const MILD: Readonly<Record<string, Change>> = {
  blur: blurred(1.3),
  noise: noisy(14),
  jpeg25: compressed(25),
  half: smaller(0.55),
  dark: all(lit(0.35), noisy(3)),
  bright: lit(1.5, 15),
  turn7: turned(7),
  "turn-12": turned(-12),
  left: aslant(0.35),
  right: aslant(-0.35),
  shear: sheared(0.2),
  shake: shaken(4),
  haze: lit(0.45, 110),
  chat: all(smaller(0.7), compressed(45)),
  rain: all(blurred(0.8), noisy(8), compressed(50)),
};

export const HARSH: Readonly<Record<string, Change>> = {
  "blur-strong": blurred(2.4),
  "noise-strong": noisy(32),
  jpeg8: compressed(8),
  third: smaller(0.36),
  night: all(lit(0.16), noisy(4), compressed(60)),
  turn22: turned(22),
  "shear-strong": sheared(-0.4),
  "shake-strong": shaken(8),
};

/** The picture changed in one way, as a JPEG; the same each time. */
export async function degraded(raster: Raster, name: string): Promise<Buffer> {
  const change = MILD[name] ?? HARSH[name]!;
  const { data, width, height } = await change(
    raster,
    randomFrom([...name].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7)),
  );
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}
