import type Koa from "koa";
import readRaw from "raw-body";
import { Invalid } from "../errors.ts";
import { uploadShareOf } from "./upload-share.ts";

/** A body that is nothing but bytes, one to `maxBytes` of them; room is taken before the first is read. 415, 413 and 400 with their codes, 503 where there is no room. */
export async function readBytes(koa: Koa.Context, maxBytes: number): Promise<Buffer> {
  const length = koa.request.length;
  if (length === 0) throw malformed();
  if (!koa.is("application/octet-stream")) throw new Invalid("unknown-body", {}, 415);
  if (length !== undefined && length > maxBytes) throw tooLarge();
  uploadShareOf(koa).add(length ?? maxBytes);
  const bytes = await readAll(koa, maxBytes);
  if (bytes.length === 0) throw malformed();
  return bytes;
}

async function readAll(koa: Koa.Context, limit: number): Promise<Buffer> {
  // Broken off while we looked up whose it is: nothing of it will ever be heard again.
  if (koa.req.destroyed) throw malformed();
  try {
    return await readRaw(koa.req, { length: koa.request.length, limit });
  } catch (error) {
    throw (error as { type?: string }).type === "entity.too.large" ? tooLarge() : malformed();
  }
}

const malformed = () => new Invalid("malformed-body", {}, 400);
const tooLarge = () => new Invalid("too-large", {}, 413);
