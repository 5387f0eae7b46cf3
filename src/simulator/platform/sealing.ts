import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { Account } from "./account.ts";

/*
 * The platform's side of the cipher, written independently of the app's, so that a fault there cannot cancel
 * itself out.
 */

const BLOCK = 32;

/** SHA-1 of the sorted words. */
export function sign(...words: string[]): string {
  return createHash("sha1").update(words.sort().join("")).digest("hex");
}

/** 16 random bytes, the length, the message, the appid; padded to blocks of 32. */
export function seal(account: Account, message: string): string {
  const text = Buffer.from(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const plain = Buffer.concat([randomBytes(16), length, text, Buffer.from(account.appid)]);
  const pad = BLOCK - (plain.length % BLOCK);
  const key = keyOf(account);
  const cipher = createCipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString(
    "base64",
  );
}

/** Returns the message, or null when it was not sealed for this account. */
export function unseal(account: Account, sealed: string): string | null {
  try {
    const key = keyOf(account);
    const decipher = createDecipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(sealed, "base64"), decipher.final()]);
    const plain = padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
    const end = 20 + plain.readUInt32BE(16);
    return plain.toString("utf8", end) === account.appid ? plain.toString("utf8", 20, end) : null;
  } catch {
    return null;
  }
}

function keyOf(account: Account): Buffer {
  return Buffer.from(`${account.aesKey}=`, "base64");
}
