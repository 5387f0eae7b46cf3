import type { RecognisedLine } from "../ocr/recogniser.ts";
import { columnsOf, SYMBOLS } from "./grammar.ts";

/** Log-probability of each symbol of a plate at each step of a line; the last column is CTC's blank. */
export interface Emissions {
  values: Float64Array;
  steps: number;
}

export const BLANK = SYMBOLS.length;
export const WIDTH = SYMBOLS.length + 1;

/**
 * Share of every probability that is spread over all symbols: one view that misses a letter must not outvote
 * the others.
 */
const DOUBT = 0.004;
/** Price of skipping other marks (a sticker, a dealer's name). */
const SKIPPED = 0.1;

export type Reduce = (line: RecognisedLine) => Emissions;

/** Prepares the reduction of the recogniser's 6,625 characters to those of plates. */
export function reducer(alphabet: readonly string[]): Reduce {
  const { symbols, nothing } = columnsOf(alphabet);
  const known = [...new Set([...symbols.flat(), ...nothing])];
  return ({ probabilities, steps, symbols: width }) => {
    const values = new Float64Array(steps * WIDTH);
    const sum = (step: number, columns: readonly number[]) => {
      let total = 0;
      for (const column of columns) total += probabilities[step * width + column]!;
      return total;
    };
    for (let step = 0; step < steps; step++) {
      const of = symbols.map((columns) => sum(step, columns));
      const none = sum(step, nothing);
      // 0 and O share their columns
      const strange = Math.max(0, 1 - sum(step, known));
      of.push(none + SKIPPED * strange);
      of.forEach((probability, symbol) => {
        values[step * WIDTH + symbol] = Math.log((1 - DOUBT) * probability + DOUBT / WIDTH);
      });
    }
    return { values, steps };
  };
}

/**
 * Joins two lines to one: the upper and the lower row of a plate. A blank between them keeps equal neighbours
 * apart.
 */
export function joined(first: Emissions, second: Emissions): Emissions {
  const between = new Float64Array(WIDTH).fill(Math.log(DOUBT / WIDTH));
  between[BLANK] = Math.log(1 - DOUBT);
  const values = new Float64Array((first.steps + 1 + second.steps) * WIDTH);
  values.set(first.values);
  values.set(between, first.values.length);
  values.set(second.values, first.values.length + WIDTH);
  return { values, steps: first.steps + 1 + second.steps };
}
