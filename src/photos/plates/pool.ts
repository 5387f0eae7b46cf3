import { type Candidate, candidatesOf, likelihood } from "./beam.ts";
import type { Emissions } from "./emissions.ts";
import { cost } from "./grammar.ts";
import type { SheetColour } from "./sheet-colour.ts";

export interface Ranked extends Candidate {
  /** mean over the views of the log-probability, less what its form costs */
  score: number;
}

const FROM_EACH_VIEW = 6;

/** The strings that any view proposes, judged by all of them, best first. */
export function ranked(views: readonly Emissions[], colour: SheetColour): Ranked[] {
  const proposed = new Map<string, Candidate>();
  for (const view of views) {
    for (const candidate of candidatesOf(view, colour, FROM_EACH_VIEW)) proposed.set(candidate.plate, candidate);
  }
  return [...proposed.values()]
    .map((candidate) => {
      const sum = views.reduce((total, view) => total + likelihood(view, candidate.symbols), 0);
      return { ...candidate, score: sum / views.length - cost(candidate.symbols, colour) };
    })
    .sort((a, b) => b.score - a.score);
}
