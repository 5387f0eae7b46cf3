import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type Koa from "koa";
import type { Config } from "../config.ts";

/** Compares secrets of any length in constant time. */
export function sameSecret(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHmac("sha256", "compare").update(text).digest());
  return timingSafeEqual(a!, b!);
}

/**
 * Computes a MAC under a key derived from SESSION_KEY for each purpose, so that a signature for one is void
 * for another.
 */
export function macOf(sessionKey: Uint8Array, purpose: string, text: string): string {
  const key = Buffer.from(hkdfSync("sha256", sessionKey, "", `kuaichu ${purpose}`, 32));
  return createHmac("sha256", key).update(text).digest("base64url");
}

/** The keys whose signatures are good: SESSION_KEY, which signs, and the one that is accepted beside it. */
export const sessionKeysOf = ({ keys }: Pick<Config, "keys">): readonly Buffer[] =>
  keys.otherSession ? [keys.session, keys.otherSession] : [keys.session];

/** Whether this is the MAC of a text under one of the keys. */
export const isMac = (keys: readonly Uint8Array[], purpose: string, text: string, given: string): boolean =>
  keys.map((key) => sameSecret(given, macOf(key, purpose, text))).includes(true);

/** Signs a value: readable by anybody, writable only by us. */
export function signValue(sessionKey: Uint8Array, purpose: string, value: object): string {
  const text = Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${text}.${macOf(sessionKey, purpose, text)}`;
}

export function readValue(keys: readonly Uint8Array[], purpose: string, signed: string | undefined): unknown {
  const [text, mac, ...rest] = (signed ?? "").split(".");
  if (!text || !mac || rest.length > 0) return null;
  if (!isMac(keys, purpose, text, mac)) return null;
  return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
}

const isHttps = (config: Config) => config.publicUrl.startsWith("https:");

/** `__Host-` binds the cookie to this host over https; plain http (development, tests) cannot have it. */
const nameOf = (config: Config, name: string) => (isHttps(config) ? `__Host-${name}` : name);

export function readCookie(koa: Koa.Context, config: Config, name: string): string | undefined {
  return koa.cookies.get(nameOf(config, name), { signed: false });
}

export interface NewCookie {
  name: string;
  value: string;
  /** 0 removes it */
  maxAgeS: number;
  /** Lax by default: a driver comes from a link in the chat */
  sameSite?: "Lax" | "Strict";
}

/** Sets a cookie. Written by hand because TLS ends before us, where Koa refuses `Secure`. */
export function setCookie(
  koa: Koa.Context,
  config: Config,
  { name, value, maxAgeS, sameSite = "Lax" }: NewCookie,
): void {
  const secure = isHttps(config) ? "; Secure" : "";
  koa.append(
    "Set-Cookie",
    `${nameOf(config, name)}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=${sameSite}${secure}`,
  );
}
