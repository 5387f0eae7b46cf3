import { Busboy } from "@fastify/busboy";
import type { Context } from "koa";
import readRaw from "raw-body";
import { Refusal } from "./refusal.ts";

const JSON_BYTES = 1_000_000;
const FILE_BYTES = 12_000_000;

export type Json = Record<string, unknown>;

/** Returns the posted JSON object, or refuses with 47001. */
export async function readJsonBody(ctx: Context): Promise<Json> {
  const text = await readRaw(ctx.req, { limit: JSON_BYTES, encoding: "utf8" });
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Refused like anything that is not an object.
  }
  throw new Refusal(47001, "data format error");
}

export interface PostedFile {
  bytes: Buffer;
  filename: string;
}

/** Returns the one file of a multipart form under that field name, or refuses with 41005. */
export async function readFile(ctx: Context, field: string): Promise<PostedFile> {
  const type = ctx.get("content-type");
  // The platform does not accept chunked uploads.
  if (!type.startsWith("multipart/form-data") || !ctx.get("content-length"))
    throw new Refusal(41005, "media data missing");
  const file = await new Promise<PostedFile | null>((resolve, reject) => {
    let found: PostedFile | null = null;
    const busboy = new Busboy({
      headers: { ...ctx.req.headers, "content-type": type },
      limits: { fileSize: FILE_BYTES, files: 2, fields: 10 },
    });
    busboy.on("file", (name, stream, filename) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (name === field) found = { bytes: Buffer.concat(chunks), filename: filename ?? "" };
      });
    });
    busboy.on("finish", () => resolve(found));
    busboy.on("error", reject);
    ctx.req.pipe(busboy);
  });
  if (!file?.filename || file.bytes.length === 0) throw new Refusal(41005, "media data missing");
  return file;
}

export function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A text field, or an empty string. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A child object, or an empty one. */
export function child(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** Detects JPEG, PNG or GIF by content; null for all else. */
export function imageType(bytes: Buffer): "image/jpeg" | "image/png" | "image/gif" | null {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return "image/jpeg";
  if (bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return "image/png";
  return bytes.subarray(0, 4).toString("latin1") === "GIF8" ? "image/gif" : null;
}
