import { isUtf8 } from "node:buffer";
import { AppError, NotSignedIn } from "../errors.ts";
import { decrypt } from "./aes.ts";
import { type Fields, malformed } from "./fields.ts";
import type { InboundMessage } from "./message.ts";
import { parseEnvelope } from "./parse-envelope.ts";
import { parseFlat } from "./parse-flat.ts";
import { parseJson } from "./parse-json.ts";
import { parseXml } from "./parse-xml.ts";
import type { PushConfig } from "./push-config.ts";
import { isFresh, type PushQuery, singleValues } from "./push-query.ts";
import { readMessage } from "./read-message.ts";
import { signingToken } from "./signature.ts";

export interface PushRequest {
  readonly query: PushQuery;
  /** The body as received. */
  readonly body: string | Uint8Array;
}

export type PushFormat = "xml" | "json";

/** What opened an encrypted push closes its answer: during a rotation the platform may still use the previous ones. */
export interface Seal {
  readonly token: string;
  readonly key: Buffer;
  readonly appId: string;
}

export interface OpenedPush {
  readonly message: InboundMessage;
  readonly format: PushFormat;
  /** Set when the push was encrypted: the answer must be, too. */
  readonly seal?: Seal;
}

type Values = Readonly<Record<string, string>>;

/**
 * Authenticates one push and reads it. Throws NotSignedIn, always the same, for whatever is not proven to come from the platform (signature, age,
 * ciphertext, appid, a body weaker than the configured mode), and Invalid 400 for what is authentic but malformed.
 */
export function openPush(config: PushConfig, push: PushRequest & { readonly nowMs: number }): OpenedPush {
  const values = singleValues(push.query) ?? {};
  const fresh = isFresh(values["timestamp"] ?? "", push.nowMs);
  if (values["encrypt_type"] === "aes") return openEncrypted(config, push, { values, fresh });
  const parts = [values["timestamp"] ?? "", values["nonce"] ?? ""];
  const signed = signingToken(config.tokens, parts, values["signature"] ?? "") !== undefined;
  // The plain signature does not cover the body, so only a plain account may trust it.
  const plain = config.mode === "plain" && (values["encrypt_type"] ?? "raw") === "raw";
  if (!(signed && fresh && plain)) throw unauthentic();
  return readBody(toText(push.body));
}

function openEncrypted(config: PushConfig, push: PushRequest, seen: { values: Values; fresh: boolean }): OpenedPush {
  const { timestamp = "", nonce = "", signature = "", msg_signature: given = "" } = seen.values;
  const envelope = attempt(() => {
    const text = toText(push.body);
    return parseEnvelope(text) ?? parseBody(text).fields;
  });
  const sent = envelope instanceof AppError ? "" : envelope["Encrypt"];
  const ciphertext = typeof sent === "string" ? sent.trim() : "";
  const token = signingToken(config.tokens, [timestamp, nonce, ciphertext], given);
  if (envelope instanceof AppError) {
    // Nothing in it can be trusted; but a sender who knows the token deserves to hear that it is malformed.
    if (seen.fresh && signingToken(config.tokens, [timestamp, nonce], signature) !== undefined) throw envelope;
    throw unauthentic();
  }
  if (token === undefined || !seen.fresh || ciphertext === "" || isWeaker(config, envelope)) throw unauthentic();
  for (const key of config.keys) {
    const bytes = decrypt(ciphertext, key, config.appId);
    if (bytes) return { ...readBody(toText(bytes)), seal: { token, key, appId: config.appId } };
  }
  throw unauthentic();
}

/** Compatible mode repeats the message in clear beside the ciphertext; to an account in safe mode that is a downgrade. */
function isWeaker(config: PushConfig, envelope: Fields): boolean {
  return config.mode === "safe" && (envelope["FromUserName"] !== undefined || envelope["MsgType"] !== undefined);
}

function readBody(text: string): { message: InboundMessage; format: PushFormat } {
  const { fields, format } = parseBody(text);
  return { message: readMessage(fields), format };
}

function parseBody(text: string): { fields: Fields; format: PushFormat } {
  if (text.includes("\0")) throw malformed("nul");
  if (/^\s*\{/.test(text)) return { fields: parseJson(text), format: "json" };
  return { fields: parseFlat(text) ?? parseXml(text), format: "xml" };
}

function toText(body: string | Uint8Array): string {
  if (typeof body === "string") return body;
  if (!isUtf8(body)) throw malformed("utf8");
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
}

function attempt(parse: () => Fields): Fields | AppError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function unauthentic(): NotSignedIn {
  return new NotSignedIn("wechat-unauthentic");
}
