import { type Box, boxesIn } from "./boxes.ts";
import type { Size } from "./size.ts";

/** A still picture in a HEIF file (ISO/IEC 23008-12), as far as its boxes tell. */
export interface Heif extends Size {
  codec: "hevc" | "av1";
  /** made of tiles that are decoded one by one, as phones write it */
  isTiled: boolean;
}

const BRANDS = /^ftyp(hei[cxms]|hev[cxms]|mif[12]|msf1|avi[fs])$/;
const CODECS: Record<string, Heif["codec"]> = { hvc1: "hevc", av01: "av1" };
const CONFIGURATIONS: Record<string, Heif["codec"]> = { hvcC: "hevc", av1C: "av1" };

export const isHeif = (bytes: Buffer): boolean => BRANDS.test(bytes.toString("latin1", 4, 12));

/** The size and codec of the primary picture; null: there is none, or it is of another kind. */
export function heifOf(bytes: Buffer): Heif | null {
  if (!isHeif(bytes)) return null;
  try {
    const meta = boxesIn(bytes, 0, bytes.length).find(({ type }) => type === "meta");
    return meta ? primaryOf(bytes, meta) : null;
  } catch (error) {
    // a field that lies behind the end of the file
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The box with the coded picture is there and ends within the file. */
export function heifIsWhole(bytes: Buffer): boolean {
  const types = boxesIn(bytes, 0, bytes.length).map(({ type }) => type);
  return types.includes("meta") && types.includes("mdat");
}

function primaryOf(bytes: Buffer, meta: Box): Heif | null {
  const boxes = inside(bytes, meta, 4);
  const [pitm, iinf, iprp] = ["pitm", "iinf", "iprp"].map((name) => boxes.find(({ type }) => type === name));
  if (!pitm || !iinf || !iprp) return null;
  const id = bytes[pitm.start] === 0 ? bytes.readUInt16BE(pitm.start + 4) : bytes.readUInt32BE(pitm.start + 4);
  const kind = kindOf(bytes, iinf, id);
  const parts = inside(bytes, iprp, 0);
  const properties = parts.filter(({ type }) => type === "ipco").flatMap((ipco) => inside(bytes, ipco, 0));
  const own = parts.filter(({ type }) => type === "ipma").flatMap((ipma) => associated(bytes, ipma, id));
  const find = (name: string) => own.map((index) => properties[index - 1]).find((property) => property?.type === name);
  const size = find("ispe");
  const isTiled = kind === "grid";
  const codec = isTiled ? properties.map(({ type }) => CONFIGURATIONS[type]).find(Boolean) : CODECS[kind ?? ""];
  if (!size || !codec) return null;
  const coded = { width: bytes.readUInt32BE(size.start + 4), height: bytes.readUInt32BE(size.start + 8) };
  const { width, height } = shownOf(bytes, find("clap"), coded);
  return width > 0 && height > 0 ? { codec, isTiled, width, height } : null;
}

/** The clean aperture is what is shown of a coded picture, as two fractions. */
function shownOf(bytes: Buffer, clap: Box | undefined, coded: Size): Size {
  if (!clap) return coded;
  const side = (at: number) =>
    Math.floor(bytes.readUInt32BE(clap.start + at) / bytes.readUInt32BE(clap.start + at + 4));
  const shown = { width: side(0), height: side(8) };
  return shown.width <= coded.width && shown.height <= coded.height ? shown : coded;
}

const inside = (bytes: Buffer, { start, end }: Box, skipped: number) => boxesIn(bytes, start + skipped, end);

/** The four letters of an item's type. */
function kindOf(bytes: Buffer, iinf: Box, id: number): string | null {
  const entries = inside(bytes, iinf, bytes[iinf.start] === 0 ? 6 : 8);
  for (const { start } of entries) {
    const version = bytes[start]!;
    const own = version === 3 ? bytes.readUInt32BE(start + 4) : bytes.readUInt16BE(start + 4);
    const at = start + (version === 3 ? 10 : 8);
    if (version >= 2 && own === id) return bytes.toString("latin1", at, at + 4);
  }
  return null;
}

/** The numbers, from 1, of the properties that an item has. */
function associated(bytes: Buffer, { start, end }: Box, id: number): number[] {
  const [version, isWide] = [bytes[start]!, (bytes[start + 3]! & 1) === 1];
  let at = start + 8;
  for (let left = bytes.readUInt32BE(start + 4); left > 0 && at < end; left--) {
    const own = version === 0 ? bytes.readUInt16BE(at) : bytes.readUInt32BE(at);
    at += version === 0 ? 2 : 4;
    const count = bytes.readUInt8(at++);
    const read = (index: number) =>
      isWide ? bytes.readUInt16BE(at + index * 2) & 0x7fff : bytes.readUInt8(at + index) & 0x7f;
    if (own === id) return Array.from({ length: count }, (_, index) => read(index));
    at += count * (isWide ? 2 : 1);
  }
  return [];
}
