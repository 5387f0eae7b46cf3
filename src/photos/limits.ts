/** Limits of a photograph, enforced by content whatever its name or declared type. */
export const MAX_PHOTO_BYTES = 12 * 1024 * 1024;
/**
 * 50 million pixels: 20,000² fit into a PNG of 48 KB, so that bytes alone do not limit the memory of a
 * decode.
 */
export const MAX_PHOTO_PIXELS = 50_000_000;
/**
 * Bytes that a decoder may hold at once, so that a picture process stays below 250 MB; pictures of cameras
 * are decoded row by row or tile by tile.
 */
export const MAX_DECODER_BYTES = 150 * 1024 * 1024;
/** Longest side in pixels, beyond any panorama within the limit: it refuses a picture of one row. */
export const MAX_PHOTO_SIDE = 30_000;
/**
 * Longest side of the copy. A third of 4,032: from that factor on libjpeg shrinks while loading, in half the
 * time of 1,600 px.
 */
export const COPY_SIDE = 1344;
export const THUMB_SIDE = 320;
/** Measures are taken at this size, so that figures of all cameras are comparable. */
export const MEASURED_SIDE = 512;
export const DECODE_TIMEOUT_SECONDS = 10;

/**
 * Limits of the picture pool: two at a time; a hundred seconds of a whole city's peak wait, more is refused
 * for a moment.
 */
export const LANE_LIMITS = {
  processes: 2,
  waiting: 48,
  waitingBytes: 96 * 1024 * 1024,
  retryAfterS: 5,
  /** memory that WebAssembly has taken is never given back */
  processBytes: 200 * 1024 * 1024,
};

export const MAX_SIGNATURE_BYTES = 300 * 1024;
/** Pixels of a signature: more than the pad on the largest tablet has. */
export const MAX_SIGNATURE_PIXELS = 4_000_000;
export const SIGNATURE_BOX = { width: 600, height: 300 } as const;
