import type { ObjectSchema } from "joi";
import { Upstream } from "../../errors.ts";
import type { WireAnswer } from "./transport.ts";

/** What the platform says of a call that it refused. */
export interface Refusal {
  errcode: number;
  /** The request id by which the platform's own tool (openapi/rid/get) explains the refusal. */
  rid?: string;
  /** The address that is missing on the account's list (40164). */
  ip?: string;
}

/** The refusal in an answer, or null. Errors come with HTTP 200 even where bytes were asked for, sometimes under a wrong content type. */
export function refusalIn(answer: WireAnswer): Refusal | null {
  if (!looksLikeJson(answer)) return null;
  const { errcode, errmsg } = parse(answer);
  if (errcode === undefined || errcode === 0) return null;
  if (typeof errcode !== "number") throw new Upstream("wechat-garbled", {}, false);
  const text = typeof errmsg === "string" ? errmsg : "";
  const rid = /rid:\s*([0-9a-f-]{8,64})/i.exec(text)?.[1];
  const ip = /invalid ip ([0-9a-f.:]{3,45})/i.exec(text)?.[1];
  return { errcode, ...(rid && { rid }), ...(ip && { ip }) };
}

/** The answer as an object of that shape. */
export function readJson<T>(answer: WireAnswer, schema: ObjectSchema<T>, path: string): T {
  const { value, error } = schema.validate(parse(answer), { stripUnknown: true });
  if (!error) return value;
  throw new Upstream("wechat-garbled", { path, field: error.details[0]?.path.join(".") }, false);
}

/** Errors are told by content: a JSON type, a text type, or an object that begins with its errcode. */
export function looksLikeJson({ contentType, body }: WireAnswer): boolean {
  return /json|^text\//.test(contentType) || /^\s*\{\s*"errcode"/.test(body.subarray(0, 64).toString("latin1"));
}

function parse({ body }: WireAnswer): Record<string, unknown> {
  // `msgid` is a 64-bit integer that JSON.parse would round; TEMPLATESENDJOBFINISH names it again, digit by digit.
  const text = body.toString("utf8").replace(/("msgid"\s*:\s*)(\d+)/g, '$1"$2"');
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return { ...value };
  } catch {
    // Falls through: neither the text nor the parser's message may be logged.
  }
  throw new Upstream("wechat-garbled", {}, false);
}
