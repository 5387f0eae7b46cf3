import type { ObjectSchema } from "joi";
import { Upstream } from "../../errors.ts";
import type { WireAnswer } from "./wire.ts";

/** A refusal of the platform. */
export interface Refusal {
  errcode: number;
  /** The request id by which the platform's tool (openapi/rid/get) explains the refusal. */
  rid?: string;
  /** The address that is missing on the account's IP list (40164). */
  ip?: string;
}

/**
 * Finds the refusal in an answer, or null. Refusals come with status 200, under any content type, even in
 * place of a file.
 */
export function refusalIn(answer: WireAnswer): Refusal | null {
  if (!isObject(answer)) return null;
  const { errcode, errmsg } = parse(answer);
  if (errcode === undefined || errcode === 0) return null;
  if (typeof errcode !== "number") throw new Upstream("wechat-garbled", {}, false);
  const text = typeof errmsg === "string" ? errmsg : "";
  const rid = /rid:\s*([0-9a-f-]{8,64})/i.exec(text)?.[1];
  const ip = /invalid ip ([0-9a-f.:]{3,45})/i.exec(text)?.[1];
  return { errcode, ...(rid && { rid }), ...(ip && { ip }) };
}

/** Reads the answer as an object of that schema. */
export function readJson<T>(answer: WireAnswer, schema: ObjectSchema<T>, path: string): T {
  const { value, error } = schema.validate(parse(answer), { stripUnknown: true });
  if (!error) return value;
  throw new Upstream("wechat-garbled", { path, field: error.details[0]?.path.join(".") }, false);
}

/** Throws Upstream when the answer to a call that returns only an errcode is something else. */
export function requireJson(answer: WireAnswer): void {
  parse(answer);
}

/** True when the body is a JSON object; no picture format begins like one. */
export function isObject({ body }: WireAnswer): boolean {
  return /^\s*\{/.test(body.subarray(0, HEAD_BYTES).toString("latin1"));
}

/** True when the body is markup: an error page of a proxy, for the API never answers with any. */
export function isMarkup(body: Buffer): boolean {
  return /^\s*</.test(body.subarray(0, HEAD_BYTES).toString("utf8"));
}

/** True when the body is empty or text where a file was asked for: an error page of a proxy. */
export function isText(body: Buffer): boolean {
  const head = body.subarray(0, HEAD_BYTES);
  try {
    return !/[\x00-\x08\x0e-\x1f]/.test(new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true }));
  } catch {
    return false;
  }
}

const HEAD_BYTES = 256;

function parse({ body }: WireAnswer): Record<string, unknown> {
  // `msgid` is a 64-bit integer that JSON.parse would round; TEMPLATESENDJOBFINISH repeats its exact digits.
  const text = body.toString("utf8").replace(/("msgid"\s*:\s*)(\d+)/g, '$1"$2"');
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return { ...value };
  } catch {
    // Neither the text nor the parser's message may be logged.
  }
  throw new Upstream("wechat-garbled", {}, false);
}
