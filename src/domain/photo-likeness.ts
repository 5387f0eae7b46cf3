/** The 64 bits of a picture's hash, and how many of them may differ: re-encoding, shrinking and a cut of one percent change none to three. */
export const HASH_BITS = 64;
export const LIKE_BITS = 3;

/** Night and a bare wall leave all but the same bits in every picture: such a hash tells nothing. */
const LEAST_ONES = 6;

const ONES = Uint8Array.from({ length: 16 }, (_, nibble) => nibble.toString(2).replaceAll("0", "").length);

/** How many bits differ between two hashes (hexadecimal, of the same length). */
export function distanceOf(a: string, b: string): number {
  let bits = 0;
  for (let at = 0; at < a.length; at++) bits += ONES[hexAt(a, at) ^ hexAt(b, at)] as number;
  return bits;
}

/** Whether the hash says enough to be compared. */
export function isTelling(hash: string): boolean {
  const ones = distanceOf(hash, "0".repeat(hash.length));
  return ones >= LEAST_ONES && ones <= HASH_BITS - LEAST_ONES;
}

/** Whether two pictures look the same. */
export const looksLike = (a: string, b: string): boolean =>
  isTelling(a) && isTelling(b) && distanceOf(a, b) <= LIKE_BITS;

const hexAt = (hash: string, at: number): number => Number.parseInt(hash[at] as string, 16);
