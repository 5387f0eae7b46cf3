import { Busy, Invalid } from "../../errors.ts";
import { COPY_SIDE, DECODE_TIMEOUT_SECONDS, LANE_LIMITS, MAX_PHOTO_PIXELS } from "../limits.ts";
import { type LibHeif, libheif } from "./libheif.ts";
import { type Canvas, draw, type TilePixels } from "./shrink-tile.ts";

/** Pixels as red, green, blue, one byte each, row by row, upright. */
export interface HeicPixels {
  data: Uint8Array;
  width: number;
  height: number;
}

/** Codes of libheif: colours as RGB, interleaved in one plane of three bytes a pixel. */
const RGB = 1;
const INTERLEAVED_RGB = 10;
const INTERLEAVED = 10;
/** Words of scratch memory: an error, an address that is returned, a stride, and a `heif_image_tiling`. */
const ERROR = 0;
const OUT = 4;
const STRIDE = 5;
const TILING = 8;
const SCRATCH_WORDS = 40;

/**
 * Decodes the primary picture of an HEIC file tile by tile and shrinks each tile at once, by the largest
 * whole factor that keeps the longest side at COPY_SIDE or more. Throws `photo-damaged`, and Busy when it
 * takes too much processor time.
 */
export async function decodeHeic(bytes: Buffer): Promise<HeicPixels> {
  const lib = await libheif();
  const [file, scratch] = [lib._malloc(bytes.length), lib._malloc(SCRATCH_WORDS * 4)];
  const context = lib._heif_context_alloc();
  try {
    if (!file || !scratch || !context) throw damaged();
    lib.HEAPU8.set(bytes, file);
    const picture = { lib, scratch };
    lib._heif_context_read_from_memory_without_copy(scratch, context, file, bytes.length, 0);
    check(picture);
    return decodePrimary(picture, context);
  } catch (error) {
    throw error instanceof Busy ? error : damaged();
  } finally {
    if (context) lib._heif_context_free(context);
    lib._free(scratch);
    lib._free(file);
  }
}

interface Picture {
  lib: LibHeif;
  scratch: number;
}

const word = ({ lib, scratch }: Picture, index: number): number => lib.HEAPU32[(scratch >> 2) + index]!;
const address = ({ scratch }: Picture, index: number): number => scratch + index * 4;

function check(picture: Picture): void {
  if (word(picture, ERROR) !== 0) throw damaged();
}

function decodePrimary(picture: Picture, context: number): HeicPixels {
  const { lib } = picture;
  lib._heif_context_get_primary_image_handle(address(picture, ERROR), context, address(picture, OUT));
  check(picture);
  const handle = word(picture, OUT);
  try {
    lib._heif_image_handle_get_image_tiling(address(picture, ERROR), handle, 1, address(picture, TILING));
    check(picture);
    // version, then these
    const [, columns, rows, tileWidth, tileHeight, width, height] = Array.from({ length: 7 }, (_, index) =>
      word(picture, TILING + index),
    ) as [number, number, number, number, number, number, number];
    if (width * height > MAX_PHOTO_PIXELS) throw damaged();
    if (columns * rows === 1) return decodeWhole(picture, handle);
    const canvas = emptyCanvas(width, height);
    const start = process.cpuUsage();
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const [out, error] = [address(picture, OUT), address(picture, ERROR)];
        lib._heif_image_handle_decode_image_tile(error, handle, out, RGB, INTERLEAVED_RGB, 0, x, y);
        useImage(picture, (tile) => draw({ ...tile, left: x * tileWidth, top: y * tileHeight }, canvas));
        if (process.cpuUsage(start).user > DECODE_TIMEOUT_SECONDS * 1e6) throw new Busy(LANE_LIMITS.retryAfterS);
      }
    }
    return canvas;
  } finally {
    lib._heif_image_handle_release(handle);
  }
}

function decodeWhole(picture: Picture, handle: number): HeicPixels {
  const [out, error] = [address(picture, OUT), address(picture, ERROR)];
  picture.lib._heif_decode_image(error, handle, out, RGB, INTERLEAVED_RGB, 0);
  return useImage(picture, (whole) => {
    const canvas = emptyCanvas(whole.width, whole.height);
    draw({ ...whole, left: 0, top: 0 }, canvas);
    return canvas;
  });
}

function emptyCanvas(width: number, height: number): Canvas {
  const factor = Math.max(1, Math.floor(Math.max(width, height) / COPY_SIDE));
  const [across, down] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  return { data: new Uint8Array(across * down * 3), width: across, height: down, factor };
}

/** Passes the image that was decoded last, in place in the decoder's memory, to `work`, and releases it. */
function useImage<T>(picture: Picture, work: (image: Omit<TilePixels, "left" | "top">) => T): T {
  const { lib } = picture;
  check(picture);
  const image = word(picture, OUT);
  try {
    const plane = lib._heif_image_get_plane_readonly(image, INTERLEAVED, address(picture, STRIDE));
    const width = lib._heif_image_get_width(image, INTERLEAVED);
    const height = lib._heif_image_get_height(image, INTERLEAVED);
    if (!plane || width <= 0 || height <= 0 || width * height > MAX_PHOTO_PIXELS) throw damaged();
    const bytesInRow = word(picture, STRIDE);
    return work({ data: lib.HEAPU8.subarray(plane, plane + bytesInRow * height), bytesInRow, width, height });
  } finally {
    lib._heif_image_release(image);
  }
}

const damaged = () => new Invalid("photo-damaged", {}, 422);
