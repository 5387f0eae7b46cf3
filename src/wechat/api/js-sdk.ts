import { createHash, randomBytes } from "node:crypto";
import Joi from "joi";
import { NotAllowed } from "../../errors.ts";
import type { Caller } from "./caller.ts";
import { createKeptToken, type KeptTokenOptions } from "./kept-token.ts";

/** Parameters of `wx.config`. The client writes nonceStr with a capital S, the signed text does not. */
export interface JsSdkConfig {
  appId: string;
  timestamp: number;
  nonceStr: string;
  signature: string;
}

export interface JsSdk {
  /** Signs a page of our own host as the client sees it. Throws NotAllowed for any other host. */
  jsSdkConfig(url: string): Promise<JsSdkConfig>;
}

const schema = Joi.object<{ ticket: string; expires_in: number }>({
  ticket: Joi.string().max(4096).required(),
  expires_in: Joi.number().integer().positive().required(),
});

export function createJsSdk(
  caller: Caller,
  options: Pick<KeptTokenOptions, "store" | "now" | "log" | "sleep"> & { appid: string; publicUrl: string },
): JsSdk {
  const ownOrigin = new URL(options.publicUrl).origin;
  const ticket = createKeptToken({
    ...options,
    kind: "jsapi_ticket",
    async fetch() {
      const path = "/cgi-bin/ticket/getticket";
      const query = { type: "jsapi" };
      const answer = await caller.json({ method: "GET", path, query, onTimeout: "next-host" }, schema);
      return { value: answer.ticket, expiresInS: answer.expires_in };
    },
  });

  return {
    async jsSdkConfig(url) {
      if (!isOwnPage(url, ownOrigin)) throw new NotAllowed("js-sdk-host");
      const timestamp = Math.floor(options.now() / 1000);
      const nonceStr = randomBytes(12).toString("hex");
      const signature = jsSdkSignature({ ticket: await ticket.get(), nonceStr, timestamp, url });
      return { appId: options.appid, timestamp, nonceStr, signature };
    },
  };
}

/** SHA-1 over the raw values; the page's address without its fragment. */
export function jsSdkSignature(signed: { ticket: string; nonceStr: string; timestamp: number; url: string }): string {
  const { ticket, nonceStr, timestamp } = signed;
  const [url] = signed.url.split("#");
  return createHash("sha1")
    .update(`jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url}`)
    .digest("hex");
}

// Printable ASCII without backslash: the parsed address must be the one that is signed.
function isOwnPage(url: string, ownOrigin: string): boolean {
  if (!/^https?:\/\/[!-[\]-~]{1,2000}$/.test(url) || !URL.canParse(url)) return false;
  const { origin, username, password } = new URL(url);
  return origin === ownOrigin && username === "" && password === "";
}
