import { allowPhotosOnly } from "./decoder.ts";
import { type Derived, derive } from "./derive.ts";
import { type Inspected, inspect } from "./inspect.ts";
import { createLimiter } from "./limiter.ts";
import { PARALLEL_DECODES } from "./limits.ts";
import { signatureImage } from "./signature-image.ts";

export interface Photos {
  /** By content only; throws Invalid: `photo-too-large` 413, `not-an-image` 415, `photo-too-many-pixels` 413, `photo-damaged` 422. */
  inspect(bytes: Buffer): Promise<Inspected>;
  /** The 1,344-px copy and the thumbnail; throws `photo-damaged` for what only a decode can find. */
  derive(bytes: Buffer): Promise<Derived>;
  /** A signature pad's PNG data URL, re-encoded and cut to its strokes; throws Invalid with `field: "signature"`. */
  signatureImage(dataUrl: string): Promise<Buffer>;
}

/** Checks and derivatives of pictures. Decoding is held to two at once: pushes and forms must not wait for pixels. */
export function createPhotos(): Photos {
  allowPhotosOnly();
  const limited = createLimiter(PARALLEL_DECODES);
  return {
    inspect,
    derive: (bytes) => limited(() => derive(bytes)),
    signatureImage: (dataUrl) => limited(() => signatureImage(dataUrl)),
  };
}
