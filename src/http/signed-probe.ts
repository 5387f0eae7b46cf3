import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** The header of a request by which the doctor proves that it has this deployment's SESSION_KEY. */
export const PROBE_HEADER = "x-kuaichu-probe";

const FRESH_S = 300;

const digest = (sessionKey: Uint8Array, at: string): Buffer =>
  createHmac("sha256", Buffer.from(hkdfSync("sha256", sessionKey, "", "kuaichu probe", 32)))
    .update(at)
    .digest();

/** Returns the header's value: Unix seconds and their signature. */
export function signProbe(sessionKey: Uint8Array, now: Date): string {
  const at = String(Math.floor(now.getTime() / 1_000));
  return `${at}.${digest(sessionKey, at).toString("base64url")}`;
}

/** True for a value that was signed with this key within five minutes. */
export function isProbe(sessionKey: Uint8Array, value: string, now: Date): boolean {
  const [at = "", signature = ""] = value.split(".");
  const given = Buffer.from(signature, "base64url");
  const right = digest(sessionKey, at);
  const isFresh = Math.abs(now.getTime() / 1_000 - Number(at)) <= FRESH_S;
  return isFresh && given.length === right.length && timingSafeEqual(given, right);
}
