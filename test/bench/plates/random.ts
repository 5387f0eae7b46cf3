/** Mulberry32: the same seed, the same pictures, on every machine. */
export interface Random {
  next: () => number;
  between: (least: number, most: number) => number;
  of: <T>(choices: ArrayLike<T>) => T;
  /** normal, mean 0, deviation 1 */
  normal: () => number;
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + (most - least) * next(),
    of: (choices) => choices[Math.floor(next() * choices.length)]!,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
