import type { Context } from "../context.ts";
import type { EndCode } from "../domain/accident.ts";
import { CANNOT_MOVE, HURT } from "../domain/eligibility.ts";
import type { PartOf, Translate, WordKey } from "../render.ts";

interface Advice<Act = string> {
  /** keys of the acts under h5.ended.CODE, in their order */
  acts: Act[];
  /** what stands there instead once the cars have moved */
  actsMoved?: Act[];
  /** … and where there is no case, so nothing that was kept */
  actsAlone?: Act[];
  /** whom to call, the first at once */
  calls: PartOf<"h5.call">[];
}

interface End<Act = string> extends Advice<Act> {
  /** where no condition of the list led here */
  legalBasis: string[];
  tone: "danger" | "look" | "calm";
  /** what the page's button does; left out: it calls the first number */
  button?: "insurers" | "again";
  /** what is different where this is among the reasons */
  because?: Record<string, Partial<Advice<Act>>>;
}

const ORDER_146 = "《道路交通事故处理程序规定》";
const REGULATION = "《道路交通安全法实施条例》";

/** What to do, in order, for each end: the law has different answers for "do not move" and "move first". */
const ENDS: { [Code in EndCode]: End<PartOf<`h5.ended.${Code}`>> } = {
  "hold-scene": {
    acts: ["stay", "people", "call", "wait"],
    actsMoved: ["mark", "people", "call", "wait"],
    // article 13 says to report to the police; the ambulance is first for the hurt alone
    calls: ["122", "110", "120"],
    legalBasis: [`${ORDER_146}第十三条`],
    tone: "danger",
    because: {
      [HURT]: {
        acts: ["callHurt", "stay", "rescue", "wait"],
        actsMoved: ["callHurt", "mark", "rescue", "wait"],
        calls: ["120", "122", "110"],
      },
    },
  },
  "move-then-call": {
    acts: ["people", "photos", "move", "call", "wait"],
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
  expressway: {
    acts: ["move", "triangle", "people", "call", "wait"],
    calls: ["122", "110", "120"],
    legalBasis: ["《道路交通安全法》第六十八条", `${REGULATION}第六十条`, `${REGULATION}第八十五条第一款`],
    tone: "danger",
  },
  "owner-absent": {
    acts: ["stay", "photos", "owner", "call"],
    calls: ["122", "110"],
    legalBasis: ["《道路交通安全法》第七十条第一款", `${ORDER_146}第六十一条`, `${ORDER_146}第一百一十二条`],
    tone: "look",
  },
  "single-vehicle": {
    acts: ["people", "photos", "insurer", "installation"],
    calls: ["122", "120"],
    // article 14 only where an installation was hit: that condition brings it
    legalBasis: ["《保险法》第二十一条", `${REGULATION}第六十条`],
    tone: "calm",
    button: "insurers",
  },
  "not-two-cars": {
    acts: ["people", "photos", "clear", "settle", "insurer"],
    calls: ["122", "110", "120"],
    legalBasis: [`${ORDER_146}第十九条第一款`, `${ORDER_146}第二十条`],
    tone: "look",
    because: { "non-motor": { acts: ["rider", "photos", "clear", "settle", "insurer"] } },
  },
  dispute: {
    acts: ["photos", "online", "call", "show"],
    actsMoved: ["mark", "online", "call", "show"],
    actsAlone: ["photos", "online", "call", "wait"],
    calls: ["122", "110"],
    legalBasis: [`${ORDER_146}第十九条第一款`, `${ORDER_146}第二十条`, `${REGULATION}第八十六条`],
    tone: "look",
  },
  "on-the-spot": {
    acts: ["wait", "mark", "show", "phone", "letter"],
    calls: ["122", "110"],
    legalBasis: [`${ORDER_146}第二十条第二款`],
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
    button: "again",
  },
  "timed-out": {
    acts: ["kept", "again", "officer"],
    calls: ["122", "110"],
    legalBasis: [`${ORDER_146}第二十条第二款`],
    tone: "look",
  },
};

/** The acts by where it happens: before the cars were moved, after it, without a case. */
const ACTS = { standing: "acts", moved: "actsMoved", alone: "actsAlone" } as const;

/** Reasons that are no condition of the list but are told. */
const TOLD: Partial<Record<string, WordKey>> = { more: "h5.start.more", "non-motor": "h5.start.non-motor" };

export const isEnd = (code: string): code is EndCode => Object.hasOwn(ENDS, code);

/** The end as these reasons have it. */
function endFor(code: EndCode, reasons: readonly string[]): End {
  const end: End = ENDS[code];
  const reason = reasons.find((one) => Object.hasOwn(end.because ?? {}, one));
  return reason === undefined ? end : { ...end, ...end.because?.[reason] };
}

/** Everything the page of an end shows: what to do in which order, whom to call, by which law. */
export function endContent(
  ctx: Context,
  t: Translate,
  { code, reasons, at }: { code: EndCode; reasons: string[]; at: keyof typeof ACTS },
): Record<string, unknown> {
  const end = endFor(code, reasons);
  const because = ctx.config.rules.conditions.filter(({ id }) => reasons.includes(id));
  const law = because.length > 0 ? because.flatMap(({ legalBasis }) => legalBasis) : end.legalBasis;
  const acts = end[ACTS[at]] ?? end.acts;
  const asksToMove = code === "move-then-call" && ctx.config.rules.conditions.some(({ id }) => id === CANNOT_MOVE);
  return {
    end: code,
    by: null,
    resumption: null,
    spot: null,
    tone: end.tone,
    acts: acts.map((act) => t.find(`h5.ended.${code}.${act}`)),
    calls: callsOf(t, end.calls, end.button === undefined),
    button: end.button ?? "call",
    because,
    told: reasons.flatMap((reason) => (TOLD[reason] ? [t.find(TOLD[reason])] : [])),
    // the control room's number is what an officer who is sent has given as the reason
    control: code === "on-the-spot" ? (reasons[0] ?? null) : null,
    law: [...new Set(law)],
    insurers: code === "single-vehicle" ? ctx.config.insurers : [],
    stuckUrl: asksToMove ? endPath("hold-scene", [...reasons, CANNOT_MOVE]) : null,
  };
}

/** Whom to call at this end, in its order. */
export const callsOfEnd = (code: EndCode, reasons: readonly string[] = []): PartOf<"h5.call">[] =>
  endFor(code, reasons).calls;

/** The first is the one to press, unless nothing is `urgent`. */
export const callsOf = (t: Translate, numbers: PartOf<"h5.call">[], urgent = true): object[] =>
  numbers.map((number, at) => ({ number, label: t(`h5.call.${number}`), danger: urgent && at === 0 }));

/** Address of an end's page for a driver without a case. */
export function endPath(code: EndCode, reasons: readonly string[]): string {
  const query = reasons.map((reason) => `because=${encodeURIComponent(reason)}`).join("&");
  return `/h5/ends/${code}${query && `?${query}`}`;
}
