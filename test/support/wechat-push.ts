import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export interface CryptoPeer {
  getSignature(timestamp: string, nonce: string, encrypt: string): string;
  encrypt(text: string): string;
  decrypt(ciphertext: string): { message: string; id: string };
}

type PeerConstructor = new (token: string, encodingAesKey: string, appId: string) => CryptoPeer;

/** An independent implementation of the algorithm, as the other side of the wire. */
export const WechatCrypto = createRequire(import.meta.url)("wechat-crypto") as PeerConstructor;

// biome-ignore lint/suspicious/noExplicitAny: vectors are read field by field
export type Vector = any;

export const vectors = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/wechat-vectors.json", import.meta.url), "utf8"),
) as Record<
  "url_signature" | "encrypt" | "decrypt" | "errors" | "xml_hardening" | "inbound_xml" | "passive_reply_xml",
  Vector[]
>;

export const account = {
  appId: "wx0123456789abcdef",
  token: "push-token",
  aesKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
};

export const nowMs = 1_790_000_000_000;
export const timestamp = String(nowMs / 1000);
const nonce = "20351";

export interface SentPush {
  query: Record<string, string | string[]>;
  body: string;
}

function sha1(...parts: string[]): string {
  return createHash("sha1").update(parts.sort().join("")).digest("hex");
}

/** A push as the platform sends it in plain mode. */
export function plainPush(body: string, { token = account.token, at = timestamp } = {}): SentPush {
  return { query: { signature: sha1(token, at, nonce), timestamp: at, nonce, openid: "person" }, body };
}

/**
 * A push as the platform sends it in safe mode. `extra` goes beside the ciphertext, as in compatible mode.
 */
export function safePush(
  body: string,
  options: Partial<typeof account> & { at?: string; extra?: string; json?: boolean } = {},
): SentPush {
  const { appId, token, aesKey, at = timestamp, extra = "", json = false } = { ...account, ...options };
  const peer = new WechatCrypto(token, aesKey, appId);
  const encrypted = peer.encrypt(body);
  return {
    query: {
      ...plainPush("", { token, at }).query,
      encrypt_type: "aes",
      msg_signature: peer.getSignature(at, nonce, encrypted),
    },
    body: json
      ? JSON.stringify({ ToUserName: "gh_account", Encrypt: encrypted })
      : `<xml><ToUserName><![CDATA[gh_account]]></ToUserName>${extra}<Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
  };
}

/** The XML of one text message. */
export function textXml(content: string, { openid = "person", msgId = "6054768590064713728" } = {}): string {
  return (
    `<xml><ToUserName><![CDATA[gh_account]]></ToUserName><FromUserName><![CDATA[${openid}]]></FromUserName>` +
    `<CreateTime>${timestamp}</CreateTime><MsgType><![CDATA[text]]></MsgType>` +
    `<Content><![CDATA[${content}]]></Content><MsgId>${msgId}</MsgId></xml>`
  );
}
