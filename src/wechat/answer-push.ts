import { randomInt } from "node:crypto";
import { encrypt } from "./aes.ts";
import type { OpenedPush, PushFormat, Seal } from "./open-push.ts";
import type { Reply } from "./reply.ts";
import { type ReplyFields, replyFields } from "./reply-fields.ts";
import { sign } from "./signature.ts";
import { writeXml } from "./write-xml.ts";

/** Acknowledges a push without showing anything; never encrypted, in any mode. */
export const SUCCESS = "success";

export interface AnswerOptions {
  readonly nowMs: number;
  /** Set by tests to reproduce published vectors. */
  readonly nonce?: string;
  readonly random16?: Uint8Array;
}

/**
 * Builds the body that answers a push with this reply: in the push's format, encrypted and signed if the push
 * was.
 */
export function answerPush(
  opened: Omit<OpenedPush, "message"> & { message: Addressed },
  reply: Reply,
  options: AnswerOptions,
): string {
  const createdAtS = Math.floor(options.nowMs / 1000);
  const { openid, account } = opened.message;
  const body = write(replyFields(reply, { openid, account, createdAtS }), opened.format);
  return opened.seal ? sealBody(body, { seal: opened.seal, format: opened.format, ...options }) : body;
}

interface Addressed {
  readonly openid: string;
  readonly account: string;
}

/** Encrypts a body and signs the ciphertext, time and nonce. */
export function sealBody(body: string, options: AnswerOptions & { seal: Seal; format: PushFormat }): string {
  const { seal, format, nowMs, nonce = String(randomInt(1e9, 1e10)), random16 } = options;
  const timestampS = Math.floor(nowMs / 1000);
  const Encrypt = encrypt(body, { key: seal.key, appId: seal.appId, ...(random16 ? { random16 } : {}) });
  const MsgSignature = sign([seal.token, String(timestampS), nonce, Encrypt]);
  return write({ Encrypt, MsgSignature, TimeStamp: timestampS, Nonce: nonce }, format);
}

function write(fields: ReplyFields, format: PushFormat): string {
  return format === "json" ? JSON.stringify(fields, bareList) : writeXml(fields);
}

/** JSON lists have no element around each entry. */
function bareList(_name: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && "item" in value ? value.item : value;
}
