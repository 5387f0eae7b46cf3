import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from "node:crypto";

const BLOCK = 32;
const RANDOM_BYTES = 16;
const HEADER_BYTES = RANDOM_BYTES + 4;

/**
 * Turns an EncodingAESKey (43 characters) into the 32 bytes of the AES key. Throws RangeError on anything
 * else.
 */
export function decodeAesKey(encodingAesKey: string): Buffer {
  if (!/^[A-Za-z0-9]{43}$/.test(encodingAesKey)) throw new RangeError("EncodingAESKey must be 43 letters and digits");
  return Buffer.from(`${encodingAesKey}=`, "base64");
}

export interface Sealing {
  readonly key: Buffer;
  readonly appId: string;
  /** 16 bytes; set by tests to reproduce published vectors. */
  readonly random16?: Uint8Array;
}

/**
 * AES-256-CBC over random(16) + length(4, big endian) + message + appid, padded by PKCS#7 to blocks of 32
 * bytes; base64.
 */
export function encrypt(message: string, { key, appId, random16 }: Sealing): string {
  const body = Buffer.from(message, "utf8");
  const tail = Buffer.from(appId, "utf8");
  const length = HEADER_BYTES + body.length + tail.length;
  const pad = BLOCK - (length % BLOCK);
  const frame = Buffer.alloc(length + pad, pad);
  frame.set(random16 ?? nextRandom(), 0);
  frame.writeUInt32BE(body.length, RANDOM_BYTES);
  frame.set(body, HEADER_BYTES);
  frame.set(tail, HEADER_BYTES + body.length);
  // Node pads to the cipher's block of 16 bytes, WeChat to 32: the padding is written here.
  const cipher = createCipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  // The frame is whole blocks and automatic padding is off, so `final` returns nothing.
  return cipher.update(frame).toString("base64");
}

const POOL_BYTES = 4_096;
let pool = Buffer.alloc(0);
let used = 0;

/** Returns 16 random bytes. They are fetched in large batches, which costs as much as fetching 16. */
function nextRandom(): Buffer {
  if (used + RANDOM_BYTES > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

/**
 * Returns the message, or undefined when the frame is incomplete, badly padded or made for another appid;
 * callers cannot tell which.
 */
export function decrypt(ciphertext: string, key: Buffer, appId: string): Buffer | undefined {
  const bytes = Buffer.from(ciphertext, "base64");
  if (bytes.length === 0 || bytes.length % BLOCK !== 0) return undefined;
  const decipher = createDecipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
  const frame = decipher.update(bytes);
  const pad = frame[frame.length - 1]!;
  if (pad < 1 || pad > BLOCK) return undefined;
  const end = frame.length - pad;
  if (!frame.subarray(end).every((byte) => byte === pad)) return undefined;
  return unframe(frame.subarray(0, end), Buffer.from(appId, "utf8"));
}

function unframe(frame: Buffer, appId: Buffer): Buffer | undefined {
  if (frame.length < HEADER_BYTES + appId.length) return undefined;
  const split = HEADER_BYTES + frame.readUInt32BE(RANDOM_BYTES);
  if (split + appId.length !== frame.length) return undefined;
  return timingSafeEqual(frame.subarray(split), appId) ? frame.subarray(HEADER_BYTES, split) : undefined;
}
