import type { ReadPlate } from "../../domain/photo.ts";
import { IS_PROVINCE } from "./grammar.ts";
import type { Ranked } from "./pool.ts";

/** How well the best string of a ranking is known; the unit is the nat. */
export interface Verdict {
  /** to the second-best string */
  gap: number;
  /** to the best string with another province: the character that fails first on small plates */
  provinceGap: number;
  /** log-probability of the best string itself */
  score: number;
}

/** Where no other string was proposed, none was within reach of the search. */
const NO_OTHER = 20;
export const RUNNERS_UP = 4;

export function verdictOn(ranking: readonly Ranked[]): Verdict {
  const [best, second] = ranking;
  if (!best) return { gap: 0, provinceGap: 0, score: Number.NEGATIVE_INFINITY };
  const first = best.symbols[0]!;
  const elsewhere = ranking.find(({ symbols }) => IS_PROVINCE[first] && symbols[0] !== first);
  return {
    gap: Math.min(NO_OTHER, second ? best.score - second.score : NO_OTHER),
    provinceGap: Math.min(NO_OTHER, elsewhere ? best.score - elsewhere.score : NO_OTHER),
    score: best.score,
  };
}

/** A letter that is not there costs nine nats: less than this and more than one of them is missing. */
export const isPlate = ({ score }: Verdict): boolean => score > -16;
/** every character of it was seen */
export const isLegible = ({ score }: Verdict): boolean => score > -7;

/** So clear that a second view would change nothing. */
export const isPlain = ({ gap, score }: Verdict): boolean => gap > 6 && score > -0.5;
/** A closer look is worth its time. */
export const isDoubtful = ({ gap, score }: Verdict): boolean => gap < 3 || score < -3;
export const isSure = ({ gap, provinceGap, score }: Verdict): boolean => gap >= 1.2 && provinceGap >= 2 && score > -7;

export type Found = Pick<ReadPlate, "plate" | "sure" | "gap" | "runnersUp">;
