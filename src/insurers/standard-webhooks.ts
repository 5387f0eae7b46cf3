import { createHmac, timingSafeEqual } from "node:crypto";
import { NotSignedIn } from "../errors.ts";

/** A message to sign by Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`. */
export interface Message {
  id: string;
  /** Unix seconds */
  timestamp: number;
  body: string | Uint8Array;
  /** live secrets: `whsec_` (optional) + base64 of 24–64 bytes */
  secrets: readonly string[];
}

export type SignedHeaders = Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>;

export interface Received {
  /** as Node gives them: names in lower case */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** the bytes as received, before any parsing */
  body: string | Uint8Array;
  secrets: readonly string[];
  now: Date;
  toleranceS?: number;
}

const TOLERANCE_S = 300;
const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** parseInt would accept "1795…junk" */
const TIMESTAMP = /^\d{1,12}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const DIGEST_BYTES = 32;
/** bounds the work that an attacker can cause */
const MAX_SIGNATURES = 20;

/**
 * Makes the three headers, with one `v1,…` per live secret: a receiver in the middle of a rotation finds the
 * one that it knows.
 */
export function sign({ id, timestamp, body, secrets }: Message): SignedHeaders {
  if (!ID.test(id)) throw new Error("webhook id out of format");
  if (secrets.length === 0) throw new Error("no secret to sign with");
  const signatures = secrets.map(
    (secret) => `v1,${digest(keyOf(secret), { id, timestamp: String(timestamp), body }).toString("base64")}`,
  );
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": signatures.join(" ") };
}

/**
 * Returns the message's id, or throws NotSignedIn; `details.reason`: the header that is missing or malformed,
 * "clock" or "signature". Stricter than the reference library in timestamp, id and key length.
 */
export function verify({ headers, body, secrets, now, toleranceS = TOLERANCE_S }: Received): {
  id: string;
  timestamp: number;
} {
  const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(
    (name) => headers[name],
  );
  if (typeof id !== "string" || !ID.test(id)) throw unsigned("webhook-id");
  if (typeof timestamp !== "string" || !TIMESTAMP.test(timestamp)) throw unsigned("webhook-timestamp");
  if (typeof signature !== "string") throw unsigned("webhook-signature");
  if (Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) > toleranceS) throw unsigned("clock");
  const expected = secrets.map((secret) => digest(keyOf(secret), { id, timestamp, body }));
  const given = signature.split(" ").slice(0, MAX_SIGNATURES).map(digestOf);
  let matches = 0;
  for (const candidate of given)
    for (const right of expected) matches += candidate.valid & Number(timingSafeEqual(candidate.bytes, right));
  if (matches === 0) throw unsigned("signature");
  return { id, timestamp: Number(timestamp) };
}

/** True for a secret of 24–64 bytes in base64, with or without `whsec_`. */
export function isSecret(secret: string): boolean {
  const bare = secret.replace(/^whsec_/, "");
  const bytes = BASE64.test(bare) ? Buffer.from(bare, "base64").length : 0;
  return bytes >= 24 && bytes <= 64;
}

const unsigned = (reason: string) => new NotSignedIn("not-signed-in", { reason });

function keyOf(secret: string): Buffer {
  if (!isSecret(secret)) throw new NotSignedIn();
  return Buffer.from(secret.replace(/^whsec_/, ""), "base64");
}

function digest(
  key: Buffer,
  { id, timestamp, body }: { id: string; timestamp: string; body: string | Uint8Array },
): Buffer {
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
}

/** Always 32 bytes, so that the comparison takes the same time for any input. */
function digestOf(part: string): { bytes: Buffer; valid: number } {
  const text = part.startsWith("v1,") ? part.slice(3) : "";
  const decoded = BASE64.test(text) ? Buffer.from(text, "base64") : Buffer.alloc(0);
  const valid = Number(decoded.length === DIGEST_BYTES);
  return { bytes: valid ? decoded : Buffer.alloc(DIGEST_BYTES), valid };
}
