import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { Unreadable } from "../errors.ts";

/** Encryption at rest and keyed hashes. AES-256-GCM, a fresh nonce each time, the place of the value as associated data. */
export interface Vault {
  /** A new key for one accident and its form for the database, wrapped by DATA_KEY. To forget it is to erase the accident's personal data. */
  newKey(): { key: Buffer; wrapped: Buffer };
  /** Throws Unreadable, as all that opens does. */
  unwrap(wrapped: Buffer): Buffer;
  /** Seals bytes under an accident's key; `place` says where they are kept, so that they open nowhere else. */
  seal(key: Uint8Array, place: string, plain: Uint8Array): Buffer;
  /** The same bytes as from `seal`, in pieces of `pieceBytes` (the last one may be shorter): a photograph is not copied to be put together and cut again. */
  sealInPieces(key: Uint8Array, place: string, plain: Uint8Array, pieceBytes: number): Buffer[];
  open(key: Uint8Array, place: string, sealed: Uint8Array): Buffer;
  /** Under DATA_KEY itself: what belongs to no accident (an openid, what a driver used last time). */
  sealOwn(place: string, plain: string): Buffer;
  openOwn(place: string, sealed: Uint8Array): string;
  /** Keyed hash that names a person without telling who he is; the same openid always gives the same id. */
  personId(openid: string): string;
  /** Says in the database under which DATA_KEY it was written, and nothing about the key. */
  checkValue(): string;
  /** Keyed hash per accident, hex: for events and for the text that is signed. */
  digest(key: Uint8Array, value: string | Uint8Array): string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function createVault(dataKey: Buffer): Vault {
  const derived = (purpose: string) => Buffer.from(hkdfSync("sha256", dataKey, "", `kuaichu ${purpose}`, 32));
  const wrapping = derived("wrap");
  const own = derived("own");
  const naming = derived("person");
  return {
    newKey() {
      const key = randomBytes(32);
      return { key, wrapped: seal(wrapping, "accident-key", key) };
    },
    unwrap: (wrapped) => open(wrapping, "accident-key", wrapped),
    seal,
    sealInPieces,
    open,
    sealOwn: (place, plain) => seal(own, place, Buffer.from(plain)),
    openOwn: (place, sealed) => open(own, place, sealed).toString("utf8"),
    personId: (openid) => createHmac("sha256", naming).update(openid).digest("base64url").slice(0, 32),
    checkValue: () => createHmac("sha256", derived("check")).update("data key").digest("base64url"),
    digest: (key, value) => createHmac("sha256", key).update("digest\n").update(value).digest("hex"),
  };
}

function seal(key: Uint8Array, place: string, plain: Uint8Array): Buffer {
  const { head, body } = encrypt(key, place, plain);
  return Buffer.concat([head, body]);
}

function sealInPieces(key: Uint8Array, place: string, plain: Uint8Array, pieceBytes: number): Buffer[] {
  const { head, body } = encrypt(key, place, plain);
  const pieces: Buffer[] = [Buffer.concat([head, body.subarray(0, pieceBytes - head.length)])];
  for (let at = pieceBytes - head.length; at < body.length; at += pieceBytes)
    pieces.push(body.subarray(at, at + pieceBytes));
  return pieces;
}

/** The head is the nonce and the tag. */
function encrypt(key: Uint8Array, place: string, plain: Uint8Array): { head: Buffer; body: Buffer } {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
  const body = cipher.update(plain);
  // GCM holds nothing back: what ends it brings the tag only, and a photograph need not be copied for it
  cipher.final();
  return { head: Buffer.concat([nonce, cipher.getAuthTag()]), body };
}

function open(key: Uint8Array, place: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const plain = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    decipher.final();
    return plain;
  } catch (error) {
    // The same for a flipped bit, a short value and a key of another size: nothing of it can be had.
    throw new Unreadable({}, error);
  }
}

/** Runs `open`; null where the sealed value does not open. For values that can be had again or done without. */
export function openedOrNull<T>(open: () => T): T | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}
