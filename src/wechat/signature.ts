import { hash, timingSafeEqual } from "node:crypto";

const DIGEST_BYTES = 20;

/**
 * Signs as the platform does: SHA-1 over the sorted parts, lower-case hex. WeChat fixes the algorithm;
 * freshness and de-duplication make up for it.
 */
export function sign(parts: readonly string[]): string {
  return hash("sha1", [...parts].sort().join(""), "hex");
}

/**
 * Compares in constant time over digests of one size; a malformed digest is compared with zeros and refused.
 */
export function sameSignature(given: string, expected: string): boolean {
  const bytes = Buffer.alloc(DIGEST_BYTES);
  const written = given.length === DIGEST_BYTES * 2 ? bytes.write(given, "hex") : 0;
  return timingSafeEqual(bytes, Buffer.from(expected, "hex")) && written === DIGEST_BYTES;
}

/**
 * Returns the first of our tokens (current, previous) that signed the parts. All are tried, so that the time
 * does not tell which matched.
 */
export function signingToken(tokens: readonly string[], parts: readonly string[], given: string): string | undefined {
  let found: string | undefined;
  for (const token of tokens) {
    const matches = sameSignature(given, sign([token, ...parts]));
    if (matches && found === undefined) found = token;
  }
  return found;
}
