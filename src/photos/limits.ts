/** What a photograph may be. Enforced by content, whatever its name or declared type says. */
export const MAX_PHOTO_BYTES = 12 * 1024 * 1024;
/** 50 million: 20,000² pixels fit into a PNG of 48 KB, so bytes alone say nothing about the memory that a decode takes. */
export const MAX_PHOTO_PIXELS = 50_000_000;
/** The longest side, longer than any panorama within that: it refuses a picture of one row. */
export const MAX_PHOTO_SIDE = 30_000;
/** Longest side of the copy. A third of 4,032: from that factor on libjpeg shrinks while it loads, which halves the time of 1,600 px. */
export const COPY_SIDE = 1344;
export const THUMB_SIDE = 320;
/** What is measured is measured at this size, so that the figures of all cameras mean the same. */
export const MEASURED_SIDE = 512;
export const DECODE_TIMEOUT_SECONDS = 10;

/** The lane of the pictures: two at a time; a hundred seconds of a whole city's storm wait, more is sent away for a moment. */
export const LANE_LIMITS = { processes: 2, waiting: 48, waitingBytes: 96 * 1024 * 1024, retryAfterS: 5 };

export const MAX_SIGNATURE_BYTES = 300 * 1024;
/** Pixels of a signature: more than the pad on the largest tablet has. */
export const MAX_SIGNATURE_PIXELS = 4_000_000;
export const SIGNATURE_BOX = { width: 600, height: 300 } as const;
