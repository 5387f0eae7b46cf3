import { createDecipheriv, hkdfSync } from "node:crypto";
import { Unreadable } from "../../errors.ts";

/**
 * Opens what was sealed before schema version 1: nonce (12 bytes), tag (16), ciphertext; only the field as
 * associated data.
 */
export interface LegacySeals {
  unwrap(wrapped: Uint8Array): Buffer;
  open(key: Uint8Array, place: string, sealed: Uint8Array): Buffer;
  openOwn(place: string, sealed: Uint8Array): string;
}

export function createLegacySeals(dataKey: Buffer): LegacySeals {
  const derived = (purpose: string) => Buffer.from(hkdfSync("sha256", dataKey, "", `kuaichu ${purpose}`, 32));
  const [wrapping, own] = [derived("wrap"), derived("own")];
  return {
    unwrap: (wrapped) => open(wrapping, "accident-key", wrapped),
    open,
    openOwn: (place, sealed) => open(own, place, sealed).toString("utf8"),
  };
}

function open(key: Uint8Array, place: string, sealed: Uint8Array): Buffer {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12)).setAAD(Buffer.from(place));
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
  } catch (error) {
    throw new Unreadable({}, error);
  }
}
