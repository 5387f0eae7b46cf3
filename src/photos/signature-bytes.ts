import { Invalid } from "../errors.ts";
import { formatOf, sizeOf } from "./header/image-format.ts";
import { MAX_SIGNATURE_BYTES, MAX_SIGNATURE_PIXELS } from "./limits.ts";

const field = "signature";
const START = "data:image/png;base64,";
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads the PNG from a signature pad's data URL and checks length and header before a decoder gets it. Throws
 * Invalid with `field: "signature"`.
 */
export function signatureBytes(dataUrl: string): Buffer {
  if (!dataUrl) throw new Invalid("signature-empty", { field });
  const limit = START.length + Math.ceil(MAX_SIGNATURE_BYTES / 3) * 4;
  if (dataUrl.length > limit) throw tooLarge();
  const base64 = dataUrl.slice(START.length);
  if (!dataUrl.startsWith(START) || !BASE64.test(base64)) throw notPng();
  const bytes = Buffer.from(base64, "base64");
  const size = formatOf(bytes) === "image/png" ? sizeOf(bytes, "image/png") : null;
  if (!size) throw notPng();
  if (size.width * size.height > MAX_SIGNATURE_PIXELS) throw tooLarge();
  return bytes;
}

const notPng = () => new Invalid("signature-not-a-png", { field });
const tooLarge = () => new Invalid("signature-too-large", { field, limitKb: MAX_SIGNATURE_BYTES / 1024 }, 413);
