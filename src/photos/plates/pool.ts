import { type Candidate, candidatesOf, likelihood } from "./beam.ts";
import type { Emissions } from "./emissions.ts";
import { type Prior, priorOf } from "./grammar.ts";
import type { SheetColour } from "./sheet-colour.ts";

export interface Ranked extends Candidate {
  /** mean log-probability over the views, minus the price of its format */
  score: number;
  prior: Prior;
  /** log-probability in each view */
  inView: readonly number[];
}

const FROM_EACH_VIEW = 6;

/** Ranks the strings that any view proposes by all views, best first. */
export function ranked(views: readonly Emissions[], colour: SheetColour): Ranked[] {
  const proposed = new Map<string, Candidate>();
  for (const view of views) {
    for (const candidate of candidatesOf(view, colour, FROM_EACH_VIEW)) proposed.set(candidate.plate, candidate);
  }
  return [...proposed.values()]
    .map((candidate) => {
      const inView = views.map((view) => likelihood(view, candidate.symbols));
      const prior = priorOf(candidate.symbols, colour);
      const mean = inView.reduce((total, one) => total + one, 0) / views.length;
      return { ...candidate, inView, prior, score: mean - prior.cost };
    })
    .sort((a, b) => b.score - a.score);
}
