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

/**
 * The refusal in an answer, or null. Errors come with HTTP 200, even in place of a file, and under any
 * content type.
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

/** The answer as an object of that shape. */
export function readJson<T>(answer: WireAnswer, schema: ObjectSchema<T>, path: string): T {
  const { value, error } = schema.validate(parse(answer), { stripUnknown: true });
  if (!error) return value;
  throw new Upstream("wechat-garbled", { path, field: error.details[0]?.path.join(".") }, false);
}

/** Throws where a call that is answered by nothing but its errcode is answered by something else. */
export function requireJson(answer: WireAnswer): void {
  parse(answer);
}

/** Whether the body is a JSON object; no picture begins like one. */
export function isObject({ body }: WireAnswer): boolean {
  return /^\s*\{/.test(body.subarray(0, HEAD_BYTES).toString("latin1"));
}

/** Whether the body is markup, which no call of the API answers: an error page of a machine in between. */
export function isMarkup(body: Buffer): boolean {
  return /^\s*</.test(body.subarray(0, HEAD_BYTES).toString("utf8"));
}

/** Whether the body is empty or text where a file was asked for: a fault of a machine in between. */
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
