/**
 * Counts the bits in which two perceptual hashes (16 hexadecimal digits each) differ: 0 for the same picture,
 * about 32 for unrelated ones.
 */
export function hammingDistance(one: string, other: string): number {
  let bits = 0;
  for (let at = 0; at < 16; at += 4) {
    let rest = Number.parseInt(one.slice(at, at + 4), 16) ^ Number.parseInt(other.slice(at, at + 4), 16);
    for (; rest; rest &= rest - 1) bits++;
  }
  return bits;
}

/**
 * Measured: copies that were scaled, re-encoded, blurred or darkened differ in 0 to 4 bits, cropped by a
 * twentieth in 4 to 10; different pictures in 20 and more, close-ups of two plates in 16.
 */
const LIKE_BITS = 6;

/** Night scenes and bare walls give nearly the same bits for every picture: such a hash is ignored. */
const LEAST_ONES = 6;

const isTelling = (hash: string): boolean => {
  const ones = hammingDistance(hash, "0".repeat(16));
  return ones >= LEAST_ONES && ones <= 64 - LEAST_ONES;
};

/** True when two pictures look the same by their hashes. */
export const looksLike = (one: string, other: string): boolean =>
  isTelling(one) && isTelling(other) && hammingDistance(one, other) <= LIKE_BITS;
