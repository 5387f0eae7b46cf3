/** Bits in which two perceptual hashes (16 hexadecimal digits each) differ: 0 for the same picture, about 32 for two that have nothing in common. */
export function hammingDistance(one: string, other: string): number {
  let bits = 0;
  for (let at = 0; at < 16; at += 4) {
    let rest = Number.parseInt(one.slice(at, at + 4), 16) ^ Number.parseInt(other.slice(at, at + 4), 16);
    for (; rest; rest &= rest - 1) bits++;
  }
  return bits;
}
