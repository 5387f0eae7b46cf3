import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { Unreadable } from "../errors.ts";
import { placeIn } from "./shapes.ts";

/**
 * Encryption at rest and keyed hashes. A sealed value is a format byte, the id of its key (4 bytes), the
 * nonce (12), the tag (16) and the ciphertext of AES-256-GCM; the first five bytes and the value's place
 * (`placeIn`) are authenticated with it. The key of an accident is two random keys in 64 bytes: the first
 * seals, the second makes digests.
 */
export interface Vault {
  /**
   * Makes the key of an accident, and its form for the database. To forget that form is to erase the
   * accident's personal data.
   */
  newKey(accidentId: string): { key: Buffer; wrapped: Buffer };
  /** Wraps the key of an accident under DATA_KEY. */
  wrap(accidentId: string, key: Uint8Array): Buffer;
  /** Throws Unreadable, as all that opens does. */
  unwrap(accidentId: string, wrapped: Uint8Array): Buffer;
  /** Seals bytes under an accident's key; `place` comes from `placeIn`. */
  seal(key: Uint8Array, place: string, plain: Uint8Array): Buffer;
  /**
   * Returns the same bytes as `seal`, in pieces of `pieceBytes` (the last may be shorter), without a copy of
   * the whole.
   */
  sealInPieces(key: Uint8Array, place: string, plain: Uint8Array, pieceBytes: number): Buffer[];
  open(key: Uint8Array, place: string, sealed: Uint8Array): Buffer;
  /** Seals under DATA_KEY itself what belongs to no accident (an openid, what a driver used last time). */
  sealOwn(place: string, plain: string): Buffer;
  openOwn(place: string, sealed: Uint8Array): string;
  /** Names a person by a keyed hash; the same openid always gives the same id. */
  personId(openid: string): string;
  /** Keyed hash, for finding accidents by a value of this kind. */
  lookupHash(kind: string, value: string): string;
  /** Tells databases of different DATA_KEYs apart, and nothing about the key. */
  checkValue(): string;
  /** Keyed hash per accident, hex: for events and for the text that is signed. */
  digest(key: Uint8Array, value: string | Uint8Array): string;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Format byte and key id. */
const HEAD_BYTES = 5;
const CRYPT_BYTES = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;
const FORMAT = 1;

/** `digestKey`: of an accident that has digests already. */
export const newAccidentKey = (digestKey: Uint8Array = randomBytes(KEY_BYTES)): Buffer =>
  Buffer.concat([randomBytes(KEY_BYTES), digestKey]);
const sealingHalf = (key: Uint8Array) => key.subarray(0, KEY_BYTES);
/** Throws where it is not a whole accident key: an empty key would make digests that anybody can compute. */
function digestHalf(key: Uint8Array): Uint8Array {
  if (key.length !== 2 * KEY_BYTES) throw new Error("not the key of an accident");
  return key.subarray(KEY_BYTES);
}

export function createVault(dataKey: Buffer): Vault {
  const derived = (purpose: string) => Buffer.from(hkdfSync("sha256", dataKey, "", `kuaichu ${purpose}`, KEY_BYTES));
  const head = headOf(dataKey);
  const [wrapping, own] = [
    { bytes: derived("wrap"), head },
    { bytes: derived("own"), head },
  ];
  const [naming, finding] = [derived("person"), derived("lookup")];
  const hash = (key: Buffer, value: string) => createHmac("sha256", key).update(value).digest("base64url").slice(0, 32);
  const wrap: Vault["wrap"] = (accidentId, key) => seal(wrapping, placeIn("accidents", accidentId, "key"), key);
  return {
    newKey(accidentId) {
      const key = newAccidentKey();
      return { key, wrapped: wrap(accidentId, key) };
    },
    wrap,
    unwrap: (accidentId, wrapped) => open(wrapping, placeIn("accidents", accidentId, "key"), wrapped),
    seal: (key, place, plain) => seal(ofAccident(key), place, plain),
    sealInPieces: (key, place, plain, pieceBytes) => sealInPieces(ofAccident(key), { place, plain, pieceBytes }),
    open: (key, place, sealed) => open(ofAccident(key), place, sealed),
    sealOwn: (place, plain) => seal(own, place, Buffer.from(plain)),
    openOwn: (place, sealed) => open(own, place, sealed).toString("utf8"),
    personId: (openid) => hash(naming, openid),
    lookupHash: (kind, value) => hash(finding, `${kind}\n${value}`),
    checkValue: () => createHmac("sha256", derived("check")).update("data key").digest("base64url"),
    digest: (key, value) => createHmac("sha256", digestHalf(key)).update("digest\n").update(value).digest("hex"),
  };
}

/** A key, and what stands before each value that is sealed under it. */
interface SealKey {
  bytes: Uint8Array;
  head: Buffer;
}

const headOf = (key: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.of(FORMAT),
    createHash("sha256").update("kuaichu key id\n").update(key).digest().subarray(0, 4),
  ]);

/** An accident has some twenty sealed values, and its key is one object while it is read or written. */
const known = new WeakMap<Uint8Array, SealKey>();
function ofAccident(key: Uint8Array): SealKey {
  const found = known.get(key);
  if (found) return found;
  const bytes = sealingHalf(key);
  const made = { bytes, head: headOf(bytes) };
  known.set(key, made);
  return made;
}

function seal(key: SealKey, place: string, plain: Uint8Array): Buffer {
  const { head, body } = encrypt(key, place, plain);
  return Buffer.concat([head, body]);
}

function sealInPieces(
  key: SealKey,
  { place, plain, pieceBytes }: { place: string; plain: Uint8Array; pieceBytes: number },
): Buffer[] {
  const { head, body } = encrypt(key, place, plain);
  const pieces: Buffer[] = [Buffer.concat([head, body.subarray(0, pieceBytes - head.length)])];
  for (let at = pieceBytes - head.length; at < body.length; at += pieceBytes)
    pieces.push(body.subarray(at, at + pieceBytes));
  return pieces;
}

const aadOf = (head: Uint8Array, place: string) => Buffer.concat([head, Buffer.from(place)]);

/** Returns everything before the ciphertext, and the ciphertext. */
function encrypt({ bytes, head }: SealKey, place: string, plain: Uint8Array): { head: Buffer; body: Buffer } {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", bytes, nonce).setAAD(aadOf(head, place));
  const body = cipher.update(plain);
  // `final` adds no bytes in GCM: it computes the tag, and a photograph need not be copied for it.
  cipher.final();
  return { head: Buffer.concat([head, nonce, cipher.getAuthTag()]), body };
}

function open({ bytes: key, head }: SealKey, place: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  try {
    if (!bytes.subarray(0, HEAD_BYTES).equals(head)) throw new Error("another format or key");
    const nonce = bytes.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", key, nonce).setAAD(aadOf(head, place));
    decipher.setAuthTag(bytes.subarray(HEAD_BYTES + NONCE_BYTES, CRYPT_BYTES));
    const plain = decipher.update(bytes.subarray(CRYPT_BYTES));
    decipher.final();
    return plain;
  } catch (error) {
    // The same for a flipped bit, a short value and a key of another size: nothing of it can be had.
    throw new Unreadable({}, error);
  }
}

/**
 * Runs `open`; null where the sealed value does not open. For values that can be had again or done without.
 */
export function openedOrNull<T>(open: () => T): T | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}
