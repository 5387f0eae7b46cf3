import type Koa from "koa";
import { AppError, Invalid } from "../errors.ts";
import { uploadShareOf } from "./upload-share.ts";

/** A body that is nothing but bytes, one to `maxBytes` of them, counted into the room for uploads as they come. 415, 413 and 400 with their codes, 503 where there is no room. */
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
  // Whoever is sent away in the middle is to hear why: his connection stays, what still comes is thrown away.
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
    // Anything but our own word is a connection that was cut.
    throw error instanceof AppError ? error : malformed();
  }
}

const malformed = () => new Invalid("malformed-body", {}, 400);
const tooLarge = () => new Invalid("too-large", {}, 413);
