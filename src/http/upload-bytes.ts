import type Koa from "koa";
import { AppError, Invalid } from "../errors.ts";
import { uploadShareOf } from "./upload-share.ts";

/**
 * Reads a body of raw bytes, one to `maxBytes`, counted into the upload room as they come. Throws 415, 413
 * and 400 with their codes, 503 without room.
 */
export async function readBytes(koa: Koa.Context, maxBytes: number): Promise<Buffer> {
  const length = koa.request.length;
  if (length === 0) throw malformed();
  if (!koa.is("application/octet-stream")) throw new Invalid("unknown-body", {}, 415);
  if (length !== undefined && length > maxBytes) throw tooLarge();
  const bytes = Buffer.concat(await readAll(koa, maxBytes));
  if (bytes.length === 0 || (length !== undefined && bytes.length !== length)) throw malformed();
  return bytes;
}

async function readAll(koa: Koa.Context, maxBytes: number): Promise<Buffer[]> {
  const { req } = koa;
  const share = uploadShareOf(koa);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // A sender that is refused in the middle must get the answer: its connection stays, further bytes are
  // discarded.
  const body = req.iterator({ destroyOnReturn: false });
  try {
    for await (const chunk of body) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBytes) throw tooLarge();
      share.add((chunk as Buffer).length);
      chunks.push(chunk as Buffer);
    }
    return chunks;
  } catch (error) {
    req.resume();
    // Any other error is an interrupted connection.
    throw error instanceof AppError ? error : malformed();
  }
}

const malformed = () => new Invalid("malformed-body", {}, 400);
const tooLarge = () => new Invalid("too-large", {}, 413);
