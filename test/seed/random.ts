/** Random numbers that are the same for the same seed: mulberry32. */
export interface Random {
  /** from 0 up to, not including, 1 */
  next(): number;
  /** a whole number below `end` */
  below(end: number): number;
  /** true in this share of all cases */
  chance(share: number): boolean;
  pick<T>(of: readonly T[]): T;
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (end) => Math.floor(next() * end),
    chance: (share) => next() < share,
    pick: (of) => of[Math.floor(next() * of.length)]!,
  };
}

/** One seed of two: neighbours differ in all bits. */
export const seedOf = (seed: number, index: number): number =>
  Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b) >>> 0;
