import { IS_PROVINCE } from "./grammar.ts";
import type { Ranked } from "./pool.ts";

/** How certain the best string of a ranking is, in nats. */
export interface Verdict {
  /** distance to the second-best string */
  gap: number;
  /** distance to the best string with another province, the character that fails first on small plates */
  provinceGap: number;
  /** log-probability of the best string itself, less what its form costs */
  score: number;
  /** the same without that cost: how much of the string was really seen */
  evidence: number;
  /** share of the views that prefer the best string to the second */
  agreement: number;
  province: string;
  isPlaced: boolean;
  isChinese: boolean;
}

const NONE: Verdict = {
  gap: 0,
  provinceGap: 0,
  score: Number.NEGATIVE_INFINITY,
  evidence: Number.NEGATIVE_INFINITY,
  agreement: 0,
  province: "",
  isPlaced: false,
  isChinese: false,
};

/** Where no other string was proposed, none was within reach of the search. */
const NO_OTHER = 20;
export const RUNNERS_UP = 4;

export function verdictOn(ranking: readonly Ranked[]): Verdict {
  const [best, second] = ranking;
  if (!best) return NONE;
  const first = best.symbols[0]!;
  const elsewhere = ranking.find(({ symbols }) => IS_PROVINCE[first] && symbols[0] !== first);
  return {
    gap: Math.min(NO_OTHER, second ? best.score - second.score : NO_OTHER),
    provinceGap: Math.min(NO_OTHER, elsewhere ? best.score - elsewhere.score : NO_OTHER),
    score: best.score,
    evidence: best.score + best.prior.cost,
    agreement: second ? agreementOn(best, second) : 1,
    province: best.plate[0]!,
    isPlaced: best.prior.isPlaced,
    isChinese: best.prior.isChinese,
  };
}

function agreementOn(best: Ranked, second: Ranked): number {
  const lead = second.prior.cost - best.prior.cost;
  const agreeing = best.inView.filter((one, view) => one + lead > second.inView[view]!);
  return agreeing.length / best.inView.length;
}

/**
 * A letter that is not there costs nine nats: less than this and more than one of them is missing. Letters
 * and digits alone may stand on any foreign plate: there every one must have been seen.
 */
export const isPlate = ({ score, isChinese }: Verdict): boolean => score > (isChinese ? -16 : -4);
/** every character of it was seen */
export const isLegible = ({ score }: Verdict): boolean => score > -7;

/** True when a second view would change nothing. */
export const isPlain = ({ gap, score }: Verdict): boolean => gap > 6 && score > -0.5;
/** True when examining it closer is worthwhile. */
export const isDoubtful = (verdict: Verdict): boolean =>
  !isSure(verdict) || verdict.gap < 3 || verdict.provinceGap < 6 || verdict.score < -3;

/**
 * Taken as read, without a question. The network was shown more plates of Anhui than of all other provinces
 * together and sees 皖 in what is dark or blurred: there nothing else may be near it, as nothing is where it
 * really stands. A string that the sheet's colour speaks against is that of a foreign plate, or of one of
 * which a character is covered.
 */
export const isSure = (verdict: Verdict): boolean => {
  const { gap, provinceGap, evidence, agreement, province, isPlaced, isChinese } = verdict;
  const isClear = gap >= LEAST_GAP && provinceGap >= (province === "皖" ? 6 : LEAST_PROVINCE_GAP);
  return isClear && evidence > LEAST_EVIDENCE && agreement >= 0.6 && isPlaced && isChinese;
};
/** a stroke that is hidden by a stamp or a screw leaves two nats between F and E */
const LEAST_GAP = 2.8;
/** at night and out of focus the province is wrong before any other character */
const LEAST_PROVINCE_GAP = 5;
/** every character of it stands there in most views */
const LEAST_EVIDENCE = -3;
