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
  /** the same under each key alone, in the order in which they were given */
  readonly each: readonly Pick<LegacySeals, "unwrap" | "openOwn">[];
}

/** `others`: keys that are accepted beside DATA_KEY while it is being changed. */
export function createLegacySeals(dataKey: Buffer, others: readonly Buffer[] = []): LegacySeals {
  const each = [dataKey, ...others].map(underOne);
  return {
    unwrap: (wrapped) => firstOf(each, (one) => one.unwrap(wrapped)),
    open,
    openOwn: (place, sealed) => firstOf(each, (one) => one.openOwn(place, sealed)),
    each,
  };
}

/** What was sealed then does not name its key. Throws Unreadable where none opens it. */
function firstOf<One, T>(each: readonly One[], open: (one: One) => T): T {
  let fault: unknown;
  for (const one of each) {
    try {
      return open(one);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      fault = error;
    }
  }
  throw fault;
}

function underOne(dataKey: Buffer): Pick<LegacySeals, "unwrap" | "openOwn"> {
  const derived = (purpose: string) => Buffer.from(hkdfSync("sha256", dataKey, "", `kuaichu ${purpose}`, 32));
  const [wrapping, own] = [derived("wrap"), derived("own")];
  return {
    unwrap: (wrapped) => open(wrapping, "accident-key", wrapped),
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
