import { promisify } from "node:util";
import { crc32, deflate } from "node:zlib";

const START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGB_8_BIT = Buffer.from([8, 2, 0, 0, 0]);
const pack = promisify(deflate);

/** Three bytes per pixel, row by row. */
export interface Bitmap {
  width: number;
  height: number;
  rgb: Buffer;
}

/** Encodes a page as PNG. Written here because sharp belongs to photos/; zlib does the work. */
export async function encodePng({ width, height, rgb }: Bitmap): Promise<Buffer> {
  const stride = width * 3;
  const lines = Buffer.alloc((stride + 1) * height);
  // filter 0 on every row: pages are mostly white, filtering gains nothing
  for (let y = 0; y < height; y++) rgb.copy(lines, y * (stride + 1) + 1, y * stride, (y + 1) * stride);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    START,
    chunk("IHDR", Buffer.concat([header, RGB_8_BIT])),
    chunk("IDAT", await pack(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
