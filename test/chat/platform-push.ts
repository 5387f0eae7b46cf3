import { randomInt } from "node:crypto";
import type { Config } from "../../src/config.ts";
import { plainPush, type SentPush, safePush, WechatCrypto } from "../support/wechat-push.ts";

export interface Sender {
  url: string;
  wechat: Pick<Config["wechat"], "appid" | "token" | "aesKey">;
  now(): Date;
}

/** The app's answer; `content` is the text that the person sees, decrypted. */
export interface Answer {
  status: number;
  raw: string;
  content: string | null;
}

let msgIds = BigInt(randomInt(1e9)) << 20n;
export const nextMsgId = (): string => String(++msgIds);

/** The XML of a push: a text message unless told otherwise. */
export function pushXml(openid: string, fields: Record<string, string | number>, at: Date): string {
  const head = { ToUserName: "gh_kuaichu", FromUserName: openid, CreateTime: Math.floor(at.getTime() / 1000) };
  const elements = Object.entries({ ...head, ...fields }).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<xml>${elements.join("")}</xml>`;
}

export const text = (content: string, msgId = nextMsgId()) => ({ MsgType: "text", Content: content, MsgId: msgId });

/** Posts one sealed push as the platform would. */
export function pushTo(sender: Sender, xml: string): Promise<Answer> {
  return post(sender, sealed(sender, xml));
}

export function sealed({ wechat, now }: Sender, xml: string): SentPush {
  const at = String(Math.floor(now().getTime() / 1000));
  return safePush(xml, { appId: wechat.appid, token: wechat.token, aesKey: wechat.aesKey, at });
}

export const unsealed = ({ wechat, now }: Sender, xml: string): SentPush =>
  plainPush(xml, { token: wechat.token, at: String(Math.floor(now().getTime() / 1000)) });

export async function post({ url, wechat }: Sender, { query, body }: SentPush): Promise<Answer> {
  const search = new URLSearchParams(query as Record<string, string>);
  const response = await fetch(`${url}/wechat?${search}`, { method: "POST", body });
  const raw = await response.text();
  const cipher = /<Encrypt><!\[CDATA\[(.+?)\]\]>/s.exec(raw)?.[1];
  if (!cipher) return { status: response.status, raw, content: null };
  const { message } = new WechatCrypto(wechat.token, wechat.aesKey, wechat.appid).decrypt(cipher);
  const content = /<Content><!\[CDATA\[(.*?)\]\]><\/Content>/s.exec(message)?.[1] ?? null;
  return { status: response.status, raw: message, content };
}
