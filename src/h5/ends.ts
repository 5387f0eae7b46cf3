import type { Context } from "../context.ts";
import type { EndCode } from "../domain/accident.ts";
import type { PartOf, Translate } from "../render.ts";

interface End<Act = string> {
  /** keys of the acts under h5.ended.CODE, in their order */
  acts: Act[];
  /** what stands there instead once the cars have moved */
  actsMoved?: Act[];
  /** … and where there is no case, so nothing that was kept */
  actsAlone?: Act[];
  calls: PartOf<"h5.call">[];
  /** where no condition of the list led here */
  legalBasis: string[];
  tone: "danger" | "look" | "calm";
}

const ORDER_146 = "《道路交通事故处理程序规定》";

/** What to do, in order, for each end: the law has different answers for "do not move" and "move first". */
const ENDS: { [Code in EndCode]: End<PartOf<`h5.ended.${Code}`>> } = {
  "hold-scene": {
    acts: ["stay", "people", "call", "wait"],
    actsMoved: ["mark", "people", "call", "wait"],
    calls: ["120", "122", "110"],
    legalBasis: [`${ORDER_146}第十三条`],
    tone: "danger",
  },
  "move-then-call": {
    acts: ["photos", "move", "call", "wait"],
    calls: ["122", "110", "120"],
    legalBasis: [`${ORDER_146}第十四条`],
    tone: "look",
  },
  "call-now": {
    acts: ["away", "call", "fire", "warn"],
    calls: ["110", "119", "120"],
    legalBasis: [`${ORDER_146}第十五条`],
    tone: "danger",
  },
  "single-vehicle": {
    acts: ["people", "photos", "insurer", "installation"],
    calls: ["122", "120"],
    // article 14 only where an installation was hit: that condition brings it
    legalBasis: [],
    tone: "calm",
  },
  "not-two-cars": {
    acts: ["people", "photos", "call", "wait"],
    calls: ["122", "110", "120"],
    legalBasis: [`${ORDER_146}第十九条`],
    tone: "look",
  },
  dispute: {
    acts: ["photos", "call", "show"],
    actsMoved: ["mark", "call", "show"],
    actsAlone: ["photos", "call", "wait"],
    calls: ["122", "110"],
    legalBasis: [`${ORDER_146}第二十条`],
    tone: "look",
  },
  "other-left": {
    acts: ["stay", "note", "call", "witness"],
    actsMoved: ["mark", "note", "call", "witness"],
    calls: ["122", "110", "120"],
    legalBasis: [`${ORDER_146}第十三条第一款第（六）项`],
    tone: "danger",
  },
  withdrawn: {
    acts: ["kept", "officer", "again"],
    calls: ["122", "110", "120"],
    legalBasis: [`${ORDER_146}第二十条第二款`],
    tone: "calm",
  },
  "timed-out": { acts: ["kept", "again", "officer"], calls: ["122", "110"], legalBasis: [], tone: "look" },
};

/** The acts by where it happens: before the cars were moved, after it, without a case. */
const ACTS = { standing: "acts", moved: "actsMoved", alone: "actsAlone" } as const;

export const isEnd = (code: string): code is EndCode => Object.hasOwn(ENDS, code);

/** Everything the page of an end shows: what to do in which order, whom to call, by which law. */
export function endContent(
  ctx: Context,
  t: Translate,
  { code, reasons, at }: { code: EndCode; reasons: string[]; at: keyof typeof ACTS },
): Record<string, unknown> {
  const end: End = ENDS[code];
  const because = ctx.config.rules.conditions.filter(({ id }) => reasons.includes(id));
  const law = because.length > 0 ? because.flatMap(({ legalBasis }) => legalBasis) : end.legalBasis;
  const acts = end[ACTS[at]] ?? end.acts;
  return {
    end: code,
    by: null,
    tone: end.tone,
    acts: acts.map((act) => t.find(`h5.ended.${code}.${act}`)),
    calls: callsOf(t, end.calls),
    because,
    law: [...new Set(law)],
    insurers: code === "single-vehicle" ? ctx.config.insurers : [],
  };
}

/** Whom to call at this end, in its order. */
export const callsOfEnd = (code: EndCode): PartOf<"h5.call">[] => ENDS[code].calls;

/** The first is the one to press. */
export const callsOf = (t: Translate, numbers: PartOf<"h5.call">[]): object[] =>
  numbers.map((number, at) => ({ number, label: t(`h5.call.${number}`), danger: at === 0 }));
