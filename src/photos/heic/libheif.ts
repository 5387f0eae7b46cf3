import { MAX_DECODER_BYTES } from "../limits.ts";

/**
 * The functions of libheif's C interface that are used here, compiled to WebAssembly. Numbers are addresses
 * in its memory; a function that returns a `heif_error` (three words, the first its code) writes it to its
 * first argument.
 */
export interface LibHeif {
  readonly HEAPU8: Uint8Array;
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  _heif_context_alloc(): number;
  _heif_context_free(context: number): void;
  _heif_context_read_from_memory_without_copy(
    ...args: [error: number, context: number, at: number, size: number, options: 0]
  ): void;
  _heif_context_get_primary_image_handle(error: number, context: number, out: number): void;
  _heif_image_handle_release(handle: number): void;
  _heif_image_handle_get_image_tiling(error: number, handle: number, transformed: 1, out: number): void;
  _heif_image_handle_decode_image_tile(
    ...args: [
      error: number,
      handle: number,
      out: number,
      colours: number,
      chroma: number,
      options: 0,
      x: number,
      y: number,
    ]
  ): void;
  _heif_decode_image(error: number, handle: number, out: number, colours: number, chroma: number, options: 0): void;
  _heif_image_get_plane_readonly(image: number, channel: number, stride: number): number;
  _heif_image_get_width(image: number, channel: number): number;
  _heif_image_get_height(image: number, channel: number): number;
  _heif_image_release(image: number): void;
}

const PAGE = 64 * 1024;
/** The program itself and the file are in it, too. */
const MOST_BYTES = MAX_DECODER_BYTES + 16 * 1024 * 1024;

let loaded: Promise<LibHeif> | undefined;

/** Loads the library once, with the first HEIC of a process. */
export function libheif(): Promise<LibHeif> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<LibHeif> {
  limitMemory();
  // by a variable: the package has no types for this entry
  const name: string = "libheif-js/wasm-bundle.js";
  const { default: library } = (await import(name)) as { default: LibHeif };
  return library;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/**
 * Bounds the memory of the decoder, whatever size a file claims: growth beyond the limit fails, and the
 * decoder reports that it has no memory.
 */
function limitMemory(): void {
  const { prototype } = (globalThis as unknown as { WebAssembly: { Memory: { prototype: Memory } } }).WebAssembly
    .Memory;
  const { grow } = prototype;
  prototype.grow = function (this: Memory, pages: number): number {
    if (this.buffer.byteLength + pages * PAGE > MOST_BYTES) throw new RangeError("no more memory for a picture");
    return grow.call(this, pages);
  };
}
