import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeAesKey, encrypt } from "../../src/wechat/aes.ts";

export const account = {
  appId: "wx0123456789abcdef",
  token: "pushtoken",
  aesKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
};

/**
 * Puts the account where a server keeps the one that it has made itself, so that its simulator stands in for
 * the platform.
 */
export function keepAccount(dataDir: string): Promise<void> {
  const keys = { WECHAT_APPID: account.appId, WECHAT_TOKEN: account.token, WECHAT_AES_KEY: account.aesKey };
  return writeFile(join(dataDir, "development-keys.json"), JSON.stringify(keys), { mode: 0o600 });
}

export const PEOPLE = 200;
export const personOf = (index: number): string => `o_bench_${String(index % PEOPLE).padStart(5, "0")}_abcdefghijklm`;

export interface Post {
  path: string;
  body: string;
}

const key = decodeAesKey(account.aesKey);
let count = 0;

/** One text message that was never sent before, by the next of the people, as the platform posts it. */
export function nextPush(mode: "plain" | "safe"): Post {
  count += 1;
  const seconds = Math.floor(Date.now() / 1000);
  const openid = personOf(count);
  const xml =
    `<xml><ToUserName><![CDATA[gh_kuaichu]]></ToUserName><FromUserName><![CDATA[${openid}]]></FromUserName>` +
    `<CreateTime>${seconds}</CreateTime><MsgType><![CDATA[text]]></MsgType>` +
    `<Content><![CDATA[进度]]></Content><MsgId>${BigInt(seconds) * 1_000_000_000n + BigInt(count)}</MsgId></xml>`;
  const nonce = String(100_000_000 + count);
  const query: Record<string, string> = { signature: sign(String(seconds), nonce), timestamp: String(seconds), nonce };
  if (mode === "plain") return { path: pathOf({ ...query, openid }), body: xml };
  const sealed = encrypt(xml, { key, appId: account.appId });
  return {
    path: pathOf({ ...query, openid, encrypt_type: "aes", msg_signature: sign(String(seconds), nonce, sealed) }),
    body: `<xml><ToUserName><![CDATA[gh_kuaichu]]></ToUserName><Encrypt><![CDATA[${sealed}]]></Encrypt></xml>`,
  };
}

const pathOf = (query: Record<string, string>) => `/wechat?${new URLSearchParams(query)}`;

function sign(...parts: string[]): string {
  return createHash("sha1")
    .update([account.token, ...parts].sort().join(""))
    .digest("hex");
}
