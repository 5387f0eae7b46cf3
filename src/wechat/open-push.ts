import { Invalid, NotSignedIn } from "../errors.ts";
import { decrypt } from "./aes.ts";
import { type Fields, malformed } from "./fields.ts";
import type { InboundMessage } from "./message.ts";
import { parseEnvelope } from "./parse-envelope.ts";
import { parseFlat } from "./parse-flat.ts";
import { parseJson } from "./parse-json.ts";
import { parseLenientJson, parseLenientXml } from "./parse-lenient.ts";
import { parseXml } from "./parse-xml.ts";
import type { PushConfig } from "./push-config.ts";
import { isFresh, type PushQuery, singleValues } from "./push-query.ts";
import { readMessage, readRemains } from "./read-message.ts";
import { signingToken } from "./signature.ts";
import { withoutForbidden } from "./write-xml.ts";

export interface PushRequest {
  readonly query: PushQuery;
  /** The body as received. */
  readonly body: string | Uint8Array;
}

export type PushFormat = "xml" | "json";

/**
 * The key and token that opened a push, for its answer: during a rotation the platform may still use the
 * previous ones.
 */
export interface Seal {
  readonly token: string;
  readonly key: Buffer;
  readonly appId: string;
}

/** A push that is proven to come from the platform. */
export interface AuthenticPush {
  /** Null where not even its sender can be read. */
  readonly message: InboundMessage | null;
  /**
   * What the strict reader refuses in it: the message is what is left of it, of kind `unknown` where a field
   * lacks.
   */
  readonly fault?: string;
  readonly format: PushFormat;
  /** Set when the push was encrypted; its answer must be, too. */
  readonly seal?: Seal;
}

export type OpenedPush = AuthenticPush & { readonly message: InboundMessage };

type Values = Readonly<Record<string, string>>;

/**
 * Authenticates one push and reads it. Throws NotSignedIn for whatever is not proven to come from the
 * platform, with the reason: token (signature), clock (age), key (ciphertext or appid), mode (a body weaker
 * than the configured mode). What is authentic is never refused for its content: the platform would repeat it
 * three times and tell the person that the account is broken. Throws Invalid 400 only for a malformed
 * envelope without a signed ciphertext, of a sender who knows the token.
 */
export function openPush(config: PushConfig, push: PushRequest & { readonly nowMs: number }): AuthenticPush {
  const values = singleValues(push.query) ?? {};
  const fresh = isFresh(values["timestamp"] ?? "", push.nowMs);
  if (values["encrypt_type"] === "aes") return openEncrypted(config, push, { values, fresh });
  const parts = [values["timestamp"] ?? "", values["nonce"] ?? ""];
  const signed = signingToken(config.tokens, parts, values["signature"] ?? "") !== undefined;
  // The plain signature does not cover the body: only an account in plain mode may trust it.
  const plain = config.mode === "plain" && (values["encrypt_type"] ?? "raw") === "raw";
  if (!signed) throw unauthentic("token");
  if (!fresh) throw unauthentic("clock");
  if (!plain) throw unauthentic("mode");
  return readBody(push.body, Number(values["timestamp"]));
}

function openEncrypted(config: PushConfig, push: PushRequest, seen: { values: Values; fresh: boolean }): AuthenticPush {
  const { timestamp = "", nonce = "", signature = "", msg_signature: given = "" } = seen.values;
  const text = toText(push.body);
  const short = parseEnvelope(text);
  const { fields: envelope, fault } = short ? { fields: short, fault: undefined } : parseBody(text);
  const sent = envelope["Encrypt"];
  const ciphertext = typeof sent === "string" ? sent.trim() : "";
  const token = ciphertext === "" ? undefined : signingToken(config.tokens, [timestamp, nonce, ciphertext], given);
  if (token === undefined) {
    // Nothing in it can be trusted; but a sender who knows the token deserves to hear that it is malformed.
    const isKnown = seen.fresh && signingToken(config.tokens, [timestamp, nonce], signature) !== undefined;
    if (isKnown && fault !== undefined) throw malformed(fault);
    throw unauthentic("token");
  }
  if (!seen.fresh) throw unauthentic("clock");
  if (isWeaker(config, envelope)) throw unauthentic("mode");
  for (const key of config.keys) {
    const bytes = decrypt(ciphertext, key, config.appId);
    if (bytes) return { ...readBody(bytes, Number(timestamp)), seal: { token, key, appId: config.appId } };
  }
  throw unauthentic("key");
}

/**
 * True for a push with a plain message for an account in safe mode, a downgrade: compatible mode sends both.
 */
function isWeaker(config: PushConfig, envelope: Fields): boolean {
  return config.mode === "safe" && (envelope["FromUserName"] !== undefined || envelope["MsgType"] !== undefined);
}

function readBody(body: string | Uint8Array, atS: number): AuthenticPush {
  const { fields, format, fault } = parseBody(toText(body));
  const message = attempt(() => readMessage(fields));
  if (!(message instanceof Invalid)) return { message, format, ...(fault !== undefined && { fault }) };
  return { message: readRemains(fields, atS), format, fault: fault ?? reasonOf(message) };
}

/** Reads strictly; what is refused is read once more without what XML forbids, and then leniently. */
function parseBody(text: string): { fields: Fields; format: PushFormat; fault?: string } {
  const format = /^\s*\{/.test(text) ? "json" : "xml";
  const strict = format === "json" ? parseJson : (xml: string) => parseFlat(xml) ?? parseXml(xml);
  const fields = attempt(() => strict(text));
  if (!(fields instanceof Invalid)) return { fields, format };
  const fault = reasonOf(fields);
  if (format === "json") return { fields: parseLenientJson(text), format, fault };
  const cleaned = attempt(() => strict(withoutForbidden(text)));
  return { fields: cleaned instanceof Invalid ? parseLenientXml(text) : cleaned, format, fault };
}

/** Bytes that are no UTF-8 become the replacement character. */
function toText(body: string | Uint8Array): string {
  return typeof body === "string" ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
}

function attempt<T>(parse: () => T): T | Invalid {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Invalid) return error;
    throw error;
  }
}

const reasonOf = (error: Invalid): string => String(error.details["reason"]);

function unauthentic(reason: string): NotSignedIn {
  return new NotSignedIn("wechat-unauthentic", { reason });
}
