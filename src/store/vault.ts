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
  /** The same, of DATA_KEY and then of the key that is accepted beside it. */
  checkValues(): readonly string[];
  /** Whether a check value is that of DATA_KEY, or of the key that is accepted beside it. */
  knows(checkValue: string): boolean;
  /** Wraps the key of an accident anew under DATA_KEY; null where it is already. */
  wrapAnew(accidentId: string, wrapped: Uint8Array): Buffer | null;
  /** Seals anew under DATA_KEY what `sealOwn` has sealed; null where it is already. */
  sealOwnAnew(place: string, sealed: Uint8Array): Buffer | null;
  /** Makes keyed hashes with this key from now on: ids and lookups outlast a change of DATA_KEY. */
  hashWith(hashKey: string): void;
  /**
   * The key of keyed hashes that belongs to the DATA_KEY with this check value; throws for an unknown one.
   */
  hashKeyOf(checkValue: string): string;
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

/** `others`: keys that are accepted beside DATA_KEY while it is being changed. */
export function createVault(dataKey: Buffer, others: readonly Buffer[] = []): Vault {
  const first = keysOf(dataKey);
  const all = [first, ...others.map(keysOf)];
  const { wrapping, own } = first;
  const wrappers = all.map((keys) => keys.wrapping);
  const owners = all.map((keys) => keys.own);
  let [naming, finding] = hashKeysOf(first.hashKey);
  const hash = (key: Buffer, value: string) => createHmac("sha256", key).update(value).digest("base64url").slice(0, 32);
  const placeOfKey = (accidentId: string) => placeIn("accidents", accidentId, "key");
  const wrap: Vault["wrap"] = (accidentId, key) => seal(wrapping, placeOfKey(accidentId), key);
  const unwrap: Vault["unwrap"] = (accidentId, wrapped) => openWithAny(wrappers, placeOfKey(accidentId), wrapped);
  const openOwn: Vault["openOwn"] = (place, sealed) => openWithAny(owners, place, sealed).toString("utf8");
  const sealOwn: Vault["sealOwn"] = (place, plain) => seal(own, place, Buffer.from(plain));
  return {
    newKey(accidentId) {
      const key = newAccidentKey();
      return { key, wrapped: wrap(accidentId, key) };
    },
    wrap,
    unwrap,
    wrapAnew: (id, wrapped) => (isUnder(wrapping, wrapped) ? null : wrap(id, unwrap(id, wrapped))),
    seal: (key, place, plain) => seal(ofAccident(key), place, plain),
    sealInPieces: (key, place, plain, pieceBytes) => sealInPieces(ofAccident(key), { place, plain, pieceBytes }),
    open: (key, place, sealed) => open(sealingHalf(key), place, sealed),
    sealOwn,
    openOwn,
    sealOwnAnew: (place, sealed) => (isUnder(own, sealed) ? null : sealOwn(place, openOwn(place, sealed))),
    personId: (openid) => hash(naming, openid),
    lookupHash: (kind, value) => hash(finding, `${kind}\n${value}`),
    hashWith(hashKey) {
      [naming, finding] = hashKeysOf(hashKey);
    },
    hashKeyOf(checkValue) {
      const found = all.find((keys) => keys.check === checkValue);
      if (!found) throw new Error("the check value is of another key");
      return found.hashKey;
    },
    checkValue: () => first.check,
    checkValues: () => all.map(({ check }) => check),
    knows: (checkValue) => all.some(({ check }) => check === checkValue),
    digest: (key, value) => createHmac("sha256", digestHalf(key)).update("digest\n").update(value).digest("hex"),
  };
}

/** What follows from one DATA_KEY. `hashKey`: naming, then finding, base64. */
function keysOf(dataKey: Buffer) {
  const derived = (purpose: string) => Buffer.from(hkdfSync("sha256", dataKey, "", `kuaichu ${purpose}`, KEY_BYTES));
  const head = headOf(dataKey);
  return {
    wrapping: { bytes: derived("wrap"), head },
    own: { bytes: derived("own"), head },
    hashKey: Buffer.concat([derived("person"), derived("lookup")]).toString("base64"),
    check: createHmac("sha256", derived("check")).update("data key").digest("base64url"),
  };
}

function hashKeysOf(hashKey: string): [Buffer, Buffer] {
  const bytes = Buffer.from(hashKey, "base64");
  return [bytes.subarray(0, KEY_BYTES), bytes.subarray(KEY_BYTES)];
}

const isUnder = ({ head }: SealKey, sealed: Uint8Array): boolean => head.equals(sealed.subarray(0, HEAD_BYTES));

/** The key is the one that the value's head names; where none is, it opens with none. */
const openWithAny = (keys: readonly SealKey[], place: string, sealed: Uint8Array): Buffer =>
  open((keys.find((key) => isUnder(key, sealed)) ?? (keys[0] as SealKey)).bytes, place, sealed);

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

function aadOf(head: Uint8Array, place: string): Buffer {
  const aad = Buffer.allocUnsafe(HEAD_BYTES + Buffer.byteLength(place));
  aad.set(head);
  aad.write(place, HEAD_BYTES);
  return aad;
}

/** Returns everything before the ciphertext, and the ciphertext. */
function encrypt({ bytes, head }: SealKey, place: string, plain: Uint8Array): { head: Buffer; body: Buffer } {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", bytes, nonce).setAAD(aadOf(head, place));
  const body = cipher.update(plain);
  // `final` adds no bytes in GCM: it computes the tag, and a photograph need not be copied for it.
  cipher.final();
  return { head: Buffer.concat([head, nonce, cipher.getAuthTag()]), body };
}

function open(key: Uint8Array, place: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  try {
    if (bytes[0] !== FORMAT) throw new Error("another format");
    const head = bytes.subarray(0, HEAD_BYTES);
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
