import { numbersFrom } from "../support/random.ts";

/** Random choices that are the same for the same seed. */
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
  const next = numbersFrom(seed);
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
