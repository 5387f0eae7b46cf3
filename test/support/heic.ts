import { type Box, boxesIn } from "../../src/photos/header/boxes.ts";

/** A picture of 64 × 64 pixels of which 32 × 32 are to be shown, as an encoder of HEVC writes it. */
export const HEIC_TILE = Buffer.from(
  [
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXttZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA",
    "AAAAACJpbG9jAAAAAERAAAEAAQAAAAABnwABAAAAAAAAAGwAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAA",
    "AA5waXRtAAAAAAABAAAA+2lwcnAAAADbaXBjbwAAAHZodmNDAQNwAAAAAAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNw",
    "AAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFz",
    "wIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAACAAAAABAAAAIAAAAAH////gAAAA",
    "Av///+AAAAACAAAADnBpeGkAAAAAAQgAAAAYaXBtYQAAAAAAAAABAAEFgQIDBYQAAAB0bWRhdAAAAGgoAa8TgPUrAhGDczL1",
    "mz4HCRRzxqbGjnnUrr1cLTO799zRz6nw0QjRMp+4I2Da10D3ghQEMvB53CWoI0S3qXIb99YsvLFaQ9ZLHxsJsZ9SxlvNJ5Eg",
    "D4Y4miuaKu3bxPGXDHirp/9TzA==",
  ].join(""),
  "base64",
);
export const SHOWN_SIDE = 32;
const TILE_SIDE = 64;
/** libheif opens no file of more items than a thousand */
const MOST_TILES = 990;

const u16 = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])));
const u32 = (...values: number[]) => Buffer.concat(values.map((value) => u16(value >>> 16, value & 0xffff)));

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type), body]);
}

const NO_FLAGS = u32(0);

/**
 * A picture made of the same tile again and again, as phones make theirs of many; the last ones are cut to
 * width and height.
 */
export function heicGrid(width: number, height: number): Buffer {
  const [columns, rows] = [Math.ceil(width / TILE_SIDE), Math.ceil(height / TILE_SIDE)];
  if (columns * rows > MOST_TILES) throw new Error("too many tiles");
  const grid = Buffer.concat([Buffer.from([0, 1, rows - 1, columns - 1]), u32(width, height)]);
  const coded = codedTile();
  const ftyp = box("ftyp", Buffer.from("heic"), u32(0), Buffer.from("mif1heic"));
  const made = (from: number) => metaBox({ columns, rows, width, height, grid, coded, from });
  // the positions are told in a box that stands before what they point to, and has the same length for all of
  // them
  const from = ftyp.length + made(0).length + 8;
  return Buffer.concat([ftyp, made(from), box("mdat", grid, coded)]);
}

interface Made {
  columns: number;
  rows: number;
  width: number;
  height: number;
  grid: Buffer;
  coded: Buffer;
  from: number;
}

function metaBox({ columns, rows, width, height, grid, coded, from }: Made): Buffer {
  const item = (id: number, type: string) => box("infe", u32(0x02000000), u16(id, 0), Buffer.from(`${type}\0`));
  const place = (id: number, at: number, length: number) => Buffer.concat([u16(id, 0, 1), u32(at, length)]);
  const ispe = (across: number, down: number) => box("ispe", NO_FLAGS, u32(across, down));
  const tiles = Array.from({ length: columns * rows }, (_, index) => index + 2);
  const propertiesOf = (id: number) => Buffer.concat([u16(id), Buffer.from([2, 2, 0x83])]);
  // all of them are the same bytes
  const placeOf = (id: number) => place(id, from + grid.length, coded.length);
  return box(
    "meta",
    NO_FLAGS,
    box("hdlr", NO_FLAGS, u32(0), Buffer.from("pict"), Buffer.alloc(13)),
    box("pitm", NO_FLAGS, u16(1)),
    box("iinf", NO_FLAGS, u16(tiles.length + 1), item(1, "grid"), ...tiles.map((id) => item(id, "hvc1"))),
    box("iref", NO_FLAGS, box("dimg", u16(1, tiles.length, ...tiles))),
    box(
      "iprp",
      box("ipco", ispe(width, height), ispe(TILE_SIDE, TILE_SIDE), propertyOfTile("hvcC")),
      box("ipma", NO_FLAGS, u32(tiles.length + 1), u16(1), Buffer.from([1, 1]), ...tiles.map(propertiesOf)),
    ),
    box(
      "iloc",
      NO_FLAGS,
      Buffer.from([0x44, 0x00]),
      u16(tiles.length + 1),
      place(1, from, grid.length),
      ...tiles.map(placeOf),
    ),
  );
}

function within(path: readonly string[], bytes = HEIC_TILE): Box {
  let found: Box = { type: "", start: 0, end: bytes.length };
  for (const name of path) {
    const skipped = found.type === "meta" ? 4 : 0;
    found = boxesIn(bytes, found.start + skipped, found.end).find(({ type }) => type === name)!;
  }
  return found;
}

/** The whole box of a property, its head included. */
function propertyOfTile(name: string): Buffer {
  const { start, end } = within(["meta", "iprp", "ipco", name]);
  return HEIC_TILE.subarray(start - 8, end);
}

function codedTile(): Buffer {
  const { start, end } = within(["mdat"]);
  return HEIC_TILE.subarray(start, end);
}

/** The tile with another size in its header, all of it shown. */
export function heicSaying(width: number, height: number): Buffer {
  const bytes = Buffer.from(HEIC_TILE);
  const { start } = within(["meta", "iprp", "ipco", "ispe"]);
  bytes.writeUInt32BE(width, start + 4);
  bytes.writeUInt32BE(height, start + 8);
  bytes.write("free", within(["meta", "iprp", "ipco", "clap"]).start - 4, "latin1");
  return bytes;
}
