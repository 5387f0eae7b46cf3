import { numbersFrom } from "../../support/random.ts";

/** The same seed, the same pictures, on every machine. */
export interface Random {
  next: () => number;
  between: (least: number, most: number) => number;
  of: <T>(choices: ArrayLike<T>) => T;
  /** normal, mean 0, deviation 1 */
  normal: () => number;
}

export function randomFrom(seed: number): Random {
  const next = numbersFrom(seed);
  return {
    next,
    between: (least, most) => least + (most - least) * next(),
    of: (choices) => choices[Math.floor(next() * choices.length)]!,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
