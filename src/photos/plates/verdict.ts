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
  province: string;
}

/** Where no other string was proposed, none was within reach of the search. */
const NO_OTHER = 20;
export const RUNNERS_UP = 4;

export function verdictOn(ranking: readonly Ranked[]): Verdict {
  const [best, second] = ranking;
  if (!best) return { gap: 0, provinceGap: 0, score: Number.NEGATIVE_INFINITY, province: "" };
  const first = best.symbols[0]!;
  const elsewhere = ranking.find(({ symbols }) => IS_PROVINCE[first] && symbols[0] !== first);
  return {
    gap: Math.min(NO_OTHER, second ? best.score - second.score : NO_OTHER),
    provinceGap: Math.min(NO_OTHER, elsewhere ? best.score - elsewhere.score : NO_OTHER),
    score: best.score,
    province: best.plate[0]!,
  };
}

/** A letter that is not there costs nine nats: less than this and more than one of them is missing. */
export const isPlate = ({ score }: Verdict): boolean => score > -16;
/** every character of it was seen */
export const isLegible = ({ score }: Verdict): boolean => score > -7;

/** So clear that a second view would change nothing. */
export const isPlain = ({ gap, score }: Verdict): boolean => gap > 6 && score > -0.5;
/** A closer look is worth its time. */
export const isDoubtful = (verdict: Verdict): boolean =>
  !isSure(verdict) || verdict.gap < 3 || verdict.provinceGap < 5 || verdict.score < -3;

/**
 * Taken as read, without a question. The network was shown more plates of Anhui than of all other provinces together and sees 皖 in what is
 * dark or blurred: there nothing else may be near it, as nothing is where it really stands.
 */
export const isSure = ({ gap, provinceGap, score, province }: Verdict): boolean =>
  gap >= 2 && provinceGap >= (province === "皖" ? 6 : 2.5) && score > -7;
