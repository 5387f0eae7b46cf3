/** Bits in which two perceptual hashes (16 hexadecimal digits each) differ: 0 for the same picture, about 32 for two that have nothing in common. */
export function hammingDistance(one: string, other: string): number {
  let bits = 0;
  for (let at = 0; at < 16; at += 4) {
    let rest = Number.parseInt(one.slice(at, at + 4), 16) ^ Number.parseInt(other.slice(at, at + 4), 16);
    for (; rest; rest &= rest - 1) bits++;
  }
  return bits;
}

/** Copies that were scaled, re-encoded, blurred or darkened differ in 0 to 4 bits, cut by a twentieth in 4 to 10; different pictures in 20 and more, close-ups of two plates in 16. */
const LIKE_BITS = 6;

/** Night and a bare wall leave all but the same bits in every picture: such a hash tells nothing. */
const LEAST_ONES = 6;

const isTelling = (hash: string): boolean => {
  const ones = hammingDistance(hash, "0".repeat(16));
  return ones >= LEAST_ONES && ones <= 64 - LEAST_ONES;
};

/** Whether two pictures are all but the same, by their hashes. */
export const looksLike = (one: string, other: string): boolean =>
  isTelling(one) && isTelling(other) && hammingDistance(one, other) <= LIKE_BITS;
