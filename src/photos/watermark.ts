import { fileURLToPath } from "node:url";
import sharp, { type OverlayOptions, type Sharp } from "sharp";
import { decode } from "./decoder.ts";

/** A font of our own: a bare machine has none, and street names need rare characters. */
const FONT = fileURLToPath(import.meta.resolve("@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf"));
const MOST_LINES = 6;
const MOST_CHARACTERS = 120;
/** Lines of writing that fit into the longer side. */
const LINES_IN_SIDE = 52;
const SMALLEST_PX = 11;
const TILT_DEGREES = -28;
/** Characters without a glyph, or that change the writing direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu;

interface Layer {
  data: Buffer;
  width: number;
  height: number;
}

/**
 * Draws the lines on a dark strip below the copy and the first of them faintly all over it, so that no part
 * can be cut out without it. Returns a JPEG without metadata; throws `photo-damaged`.
 */
export async function watermark(copy: Buffer, lines: readonly string[]): Promise<Buffer> {
  const clean = lines.map(printable).filter(Boolean).slice(0, MOST_LINES);
  const { data, info } = await decode(copy, (image) =>
    image.flatten({ background: "white" }).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true }),
  );
  const { width, height, channels } = info;
  const picture = sharp(data, { raw: { width, height, channels } });
  const layers = clean.length === 0 ? [] : await layersOf(clean, width, height);
  return picture.composite(layers).jpeg({ quality: 85, mozjpeg: false }).toBuffer();
}

const printable = (line: string) =>
  line.replace(/\s+/g, " ").replace(UNPRINTABLE, "").trim().slice(0, MOST_CHARACTERS).trim();

async function layersOf(lines: string[], width: number, height: number): Promise<OverlayOptions[]> {
  const px = Math.max(SMALLEST_PX, Math.round(Math.max(width, height) / LINES_IN_SIDE));
  const pattern = await patternOf(lines[0]!, { px, width, height });
  const strip = await stripOf(lines, { px, width, height });
  return [
    { ...placed(pattern), tile: true },
    { ...placed(strip), left: 0, top: height - strip.height },
  ];
}

const placed = ({ data, width, height }: Layer) => ({
  input: data,
  raw: { width, height, channels: 4 as const },
});

interface Room {
  px: number;
  width: number;
  height: number;
}

/** White on dark translucent glass, the first line larger; never more than half of the picture. */
async function stripOf(lines: string[], { px, width, height }: Room): Promise<Layer> {
  const margin = Math.round(px * 0.8);
  const [first, ...rest] = lines.map(escaped);
  const small = rest.map((line) => `<span size="86%" alpha="88%">${line}</span>`);
  const text = await textOf([`<b>${first}</b>`, ...small].join("\n"), {
    px,
    colour: "white",
    width: width - 2 * margin,
  });
  const stripHeight = Math.min(Math.floor(height / 2), text.height + 2 * margin);
  const fitting = await cropped(text, { width, height: Math.max(1, stripHeight - margin) });
  return layer(
    sharp({
      create: { width, height: stripHeight, channels: 4, background: { r: 12, g: 18, b: 28, alpha: 0.62 } },
    }).composite([
      {
        ...placed(fitting),
        left: Math.min(margin, width - fitting.width),
        top: Math.min(margin, stripHeight - fitting.height),
      },
    ]),
  );
}

/**
 * Makes one slanted line with its surroundings, to tile over the whole picture: white with a dark shadow,
 * visible on any background.
 */
async function patternOf(line: string, { px, width, height }: Room): Promise<Layer> {
  const size = Math.round(px * 0.95);
  const [light, shadow] = await Promise.all(
    [
      { colour: "white", alpha: 26 },
      { colour: "black", alpha: 20 },
    ].map(({ colour, alpha }) =>
      textOf(`<span alpha="${alpha}%">${escaped(line)}</span>`, { px: size, colour, width: 4096 }),
    ),
  );
  const both = await layer(
    sharp(transparent(light!.width + 2, light!.height + 2)).composite([
      { ...placed(shadow!), left: 1, top: 1 },
      { ...placed(light!), left: 0, top: 0 },
    ]),
  );
  const slanted = await layer(
    sharp(both.data, { raw: { width: both.width, height: both.height, channels: 4 } }).rotate(TILT_DEGREES, {
      background: { r: 0, g: 0, b: 0, alpha: 0 },
    }),
  );
  const tile = await layer(
    sharp(slanted.data, { raw: { width: slanted.width, height: slanted.height, channels: 4 } }).extend({
      right: size * 3,
      bottom: size * 4,
      background: { r: 0, g: 0, b: 0, alpha: 0 },
    }),
  );
  return cropped(tile, { width, height });
}

const transparent = (width: number, height: number) => ({
  create: { width, height, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } },
});

async function textOf(
  markup: string,
  { px, colour, width }: { px: number; colour: string; width: number },
): Promise<Layer> {
  return layer(
    sharp({
      text: {
        text: `<span foreground="${colour}">${markup}</span>`,
        font: `Noto Sans SC Medium ${px}px`,
        fontfile: FONT,
        width: Math.max(px, width),
        // a street's name has no spaces to break at
        wrap: "word-char",
        spacing: Math.round(px * 0.35),
        dpi: 72,
        rgba: true,
      },
    }),
  );
}

async function layer(image: Sharp): Promise<Layer> {
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** An overlay must not be larger than its base. */
async function cropped(image: Layer, room: { width: number; height: number }): Promise<Layer> {
  const [width, height] = [Math.min(image.width, room.width), Math.min(image.height, room.height)];
  if (width === image.width && height === image.height) return image;
  const { data } = image;
  return layer(
    sharp(data, { raw: { width: image.width, height: image.height, channels: 4 } }).extract({
      left: 0,
      top: 0,
      width,
      height,
    }),
  );
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
