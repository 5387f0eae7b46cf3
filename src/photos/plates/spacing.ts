import { BLANK, type Emissions, WIDTH } from "./emissions.ts";
import { IS_PROVINCE } from "./grammar.ts";

/** Of the usual distance between two characters: what is more leaves room for one that is out of sight. */
const MOST = 1.7;
/** … and where the dot stands, after the second */
const MOST_AT_DOT = 2.1;
const DOT = 1;

/**
 * False: between two characters of the string there is room for another. Only the layouts that begin with a
 * province are judged.
 */
export function isEvenlySpaced(emissions: Emissions, symbols: readonly number[]): boolean {
  if (!IS_PROVINCE[symbols[0]!]) return true;
  const steps = alignment(emissions, symbols);
  const gaps = steps.slice(1).map((step, index) => step - steps[index]!);
  const usual = gaps.filter((_, index) => index !== DOT).sort((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)]!;
  // a step is a third to a half of a character's width
  return gaps.every((gap, index) => gap <= usual * (index === DOT ? MOST_AT_DOT : MOST) + 0.5);
}

/**
 * The step at which each symbol stands on the likeliest single alignment of a string with its line (Viterbi).
 */
function alignment({ values, steps }: Emissions, symbols: readonly number[]): number[] {
  const states = symbols.length * 2 + 1;
  const symbolAt = (state: number) => (state % 2 ? symbols[(state - 1) / 2]! : BLANK);
  const behind: Int8Array[] = [];
  let now = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
  now[0] = values[BLANK]!;
  now[1] = values[symbolAt(1)]!;
  for (let step = 1; step < steps; step++) {
    const next = new Float64Array(states);
    const back = new Int8Array(states);
    for (let state = 0; state < states; state++) {
      const skips = state % 2 && state > 2 && symbolAt(state) !== symbolAt(state - 2);
      for (let by = 1; by <= (skips ? 2 : 1) && by <= state; by++) {
        if (now[state - by]! > now[state - back[state]!]!) back[state] = by;
      }
      next[state] = now[state - back[state]!]! + values[step * WIDTH + symbolAt(state)]!;
    }
    behind.push(back);
    now = next;
  }
  return tracedBack(behind, now[states - 1]! > now[states - 2]! ? states - 1 : states - 2, symbols.length);
}

/** The middle of the steps that the path spends on each symbol. */
function tracedBack(behind: readonly Int8Array[], last: number, count: number): number[] {
  const sums = new Float64Array(count);
  const spent = new Float64Array(count);
  let state = last;
  for (let step = behind.length; step >= 0; step--) {
    if (state % 2) {
      sums[(state - 1) / 2]! += step;
      spent[(state - 1) / 2]!++;
    }
    if (step > 0) state -= behind[step - 1]![state]!;
  }
  return [...sums].map((sum, symbol) => sum / Math.max(1, spent[symbol]!));
}
