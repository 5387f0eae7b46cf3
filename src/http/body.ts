import type Koa from "koa";
import readRaw from "raw-body";
import { factsOf, Invalid } from "../errors.ts";
import { addField, type Fields } from "./fields-read.ts";
import { readMultipart, UPLOAD_LIMITS, type UploadedFile } from "./upload.ts";
import { uploadShareOf } from "./upload-share.ts";

export const FORM_BYTES = 64 * 1024;

export interface Posted {
  fields: Fields;
  files: UploadedFile[];
}

/**
 * Reads the body of a form: urlencoded or JSON up to `maxBytes`, multipart only when the page expects files.
 * Throws 413, 415 and 400 with their codes.
 */
export async function readPosted(
  koa: Koa.Context,
  { multipart = false, maxBytes = FORM_BYTES }: { multipart?: boolean; maxBytes?: number } = {},
): Promise<Posted> {
  if (multipart && koa.is("multipart/form-data")) {
    return readMultipart(koa.req, UPLOAD_LIMITS, uploadShareOf(koa));
  }
  const kind = koa.is(FORM, "application/json");
  if (!kind && (koa.request.length ?? 0) > 0) throw new Invalid("unknown-body", {}, 415);
  const text = await readText(koa, maxBytes);
  if (kind === "application/json") return { fields: fromJson(text), files: [] };
  koa.state[TYPED] = fromUrlencoded(text);
  return { fields: koa.state[TYPED], files: [] };
}

const FORM = "application/x-www-form-urlencoded";
const TYPED = "typed";
/** the largest of our forms: two signatures */
const TYPED_BYTES = 1024 * 1024;

/**
 * Returns the fields of a posted form, to send them again from an error page; a field with several values
 * stands there several times, a password not at all. Null: no such form, or unreadable.
 */
export async function typedFields(koa: Koa.Context): Promise<[name: string, text: string][] | null> {
  if (koa.method !== "POST" || !koa.is(FORM)) return null;
  if (!koa.state[TYPED]) await readPosted(koa, { maxBytes: TYPED_BYTES }).catch(() => {});
  const typed = Object.entries((koa.state[TYPED] as Fields | undefined) ?? {});
  const texts = typed
    .filter(([name]) => name !== "password")
    .flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, String(one)]));
  return texts.length > 0 ? texts : null;
}

/** throws Invalid "too-large" 413 */
export async function readText(koa: Koa.Context, maxBytes: number): Promise<string> {
  try {
    return await readRaw(koa.req, { length: koa.request.length, limit: maxBytes, encoding: "utf-8" });
  } catch (error) {
    const tooLarge = factsOf(error).type === "entity.too.large";
    throw tooLarge ? new Invalid("too-large", {}, 413) : new Invalid("malformed-body", {}, 400);
  }
}

function fromUrlencoded(text: string): Fields {
  const fields: Fields = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) addField(fields, name, value);
  return fields;
}

function fromJson(text: string): Fields {
  const fields: Fields = Object.create(null);
  const entries = Object.entries(parseObject(text));
  for (const [name, value] of entries) addField(fields, name, value);
  return fields;
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // reported below
  }
  throw new Invalid("malformed-body", {}, 400);
}
