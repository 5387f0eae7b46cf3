/** What a photograph may be. Enforced by content, whatever its name or declared type says. */
export const MAX_PHOTO_BYTES = 12 * 1024 * 1024;
/** 50 million: 20,000² pixels fit into a PNG of 48 KB, so bytes alone say nothing about the memory that a decode takes. */
export const MAX_PHOTO_PIXELS = 50_000_000;
/** Longest side of the copy. A third of 4,032: from that factor on libjpeg shrinks while it loads, which halves the time of 1,600 px. */
export const COPY_SIDE = 1344;
export const THUMB_SIDE = 320;
export const DECODE_TIMEOUT_SECONDS = 10;
export const PARALLEL_DECODES = 2;

export const MAX_SIGNATURE_BYTES = 300 * 1024;
export const SIGNATURE_BOX = { width: 600, height: 300 } as const;
