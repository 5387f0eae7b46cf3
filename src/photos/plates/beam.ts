import { BLANK, type Emissions, WIDTH } from "./emissions.ts";
import { ALL_FORMS, type Forms, narrowed, priorOf, SYMBOLS } from "./grammar.ts";
import type { SheetColour } from "./sheet-colour.ts";

interface Beginning {
  symbols: readonly number[];
  forms: Forms;
  /** log-probability of having read these symbols followed by a blank, or by the last of them */
  blank: number;
  symbol: number;
}

export interface Candidate {
  plate: string;
  symbols: readonly number[];
}

const BEAM = 20;
/** prefixes below this are not extended at a step */
const LEAST = -8.5;
const NEVER = Number.NEGATIVE_INFINITY;

/** Finds the likeliest plates in a line, best first: CTC prefix search restricted to the grammar. */
export function candidatesOf(emissions: Emissions, colour: SheetColour, most: number): Candidate[] {
  let beam: Beginning[] = [{ symbols: [], forms: ALL_FORMS, blank: 0, symbol: NEVER }];
  for (let step = 0; step < emissions.steps; step++) beam = advanced(beam, emissions, step);
  return beam
    .map((one) => ({ one, score: total(one) - priorOf(one.symbols, colour).cost }))
    .filter(({ score }) => score > NEVER)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ one }) => ({ symbols: one.symbols, plate: one.symbols.map((symbol) => SYMBOLS[symbol]).join("") }));
}

function advanced(beam: readonly Beginning[], { values }: Emissions, step: number): Beginning[] {
  const from = step * WIDTH;
  const likely: number[] = [];
  for (let symbol = 0; symbol < BLANK; symbol++) if (values[from + symbol]! > LEAST) likely.push(symbol);
  const next = new Map<string, Beginning>();
  for (const one of beam) {
    const last = one.symbols.at(-1);
    const stayed = find(next, one.symbols, one.forms);
    stayed.blank = addLogs(stayed.blank, total(one) + values[from + BLANK]!);
    if (last !== undefined) stayed.symbol = addLogs(stayed.symbol, one.symbol + values[from + last]!);
    for (const symbol of likely) {
      const forms = narrowed(one.forms, one.symbols.length, symbol);
      if (!forms) continue;
      const longer = find(next, [...one.symbols, symbol], forms);
      // a repeated symbol needs a blank between
      const before = symbol === last ? one.blank : total(one);
      longer.symbol = addLogs(longer.symbol, before + values[from + symbol]!);
    }
  }
  return [...next.values()].sort((a, b) => total(b) - total(a)).slice(0, BEAM);
}

function find(beginnings: Map<string, Beginning>, symbols: readonly number[], forms: Forms): Beginning {
  const key = String.fromCharCode(...symbols);
  const known = beginnings.get(key);
  if (known) return known;
  const made = { symbols, forms, blank: NEVER, symbol: NEVER };
  beginnings.set(key, made);
  return made;
}

const total = ({ blank, symbol }: Beginning) => addLogs(blank, symbol);

function addLogs(a: number, b: number): number {
  if (a === NEVER) return b;
  if (b === NEVER) return a;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** Returns the log-probability of one string over all its alignments with the line (CTC's forward pass). */
export function likelihood({ values, steps }: Emissions, symbols: readonly number[]): number {
  const states = symbols.length * 2 + 1;
  const symbolAt = (state: number) => (state % 2 ? symbols[(state - 1) / 2]! : BLANK);
  let now = new Float64Array(states).fill(NEVER);
  now[0] = values[BLANK]!;
  now[1] = values[symbolAt(1)]!;
  for (let step = 1; step < steps; step++) {
    const next = new Float64Array(states);
    for (let state = 0; state < states; state++) {
      let sum = addLogs(now[state]!, state > 0 ? now[state - 1]! : NEVER);
      const skips = state % 2 && state > 2 && symbolAt(state) !== symbolAt(state - 2);
      if (skips) sum = addLogs(sum, now[state - 2]!);
      next[state] = sum + values[step * WIDTH + symbolAt(state)]!;
    }
    now = next;
  }
  return addLogs(now[states - 1]!, now[states - 2]!);
}
