import type { Context } from "../../src/context.ts";
import type { Accident, Party } from "../../src/domain/accident.ts";
import { type Determination, determinationOf } from "../../src/domain/determination.ts";
import { NO_DISPUTE } from "../../src/domain/dispute.ts";
import type { Step } from "../../src/domain/journey.ts";

const at = new Date("2026-11-23T04:00:00Z");
const signature = { contentDigest: "d".repeat(64), imageSha256: "s".repeat(64), forwarding: true, signedAt: at };

const own = (accident: Accident, change: Partial<Party>): Accident => ({
  ...accident,
  parties: { ...accident.parties, A: { ...accident.parties.A, ...change } },
});

const others = (accident: Accident, change: Partial<Party>): Accident => ({
  ...accident,
  parties: { ...accident.parties, B: accident.parties.B && { ...accident.parties.B, ...change } },
});

/** Both have applied; an officer asks driver A for something where `asks`. */
const applied = (ready: Accident, asks: boolean): Accident => ({
  ...ready,
  dispute: {
    ...NO_DISPUTE,
    applications: [
      {
        ...{ state: asks ? "evidence-asked" : "applied", proposedBy: "A", proposedAt: at, appliedAt: at },
        ...{ handler: null, returned: null, lateAt: null },
        requests: asks
          ? [{ id: 1, to: "A", what: "sentence", text: "何时？", askedAt: at, until: at, answer: null, lapsedAt: null }]
          : [],
      },
    ],
  },
});

/** An officer has issued a letter that driver A has opened. */
function determined(ready: Accident): Accident {
  const none = { A: null, B: null };
  const content = determinationOf(
    ready,
    {
      facts: "甲车向右变更车道时与乙车相撞。",
      causes: "甲方变更车道时影响他车行驶。",
      articles: ["《中华人民共和国道路交通安全法实施条例》第四十四条第二款"],
      evidence: [1],
      degrees: { A: "full", B: "none" },
    },
    {
      ...{ authority: { name: "示例市公安局", code: "310101" }, letterNumber: "31010120260001", issuedAt: at },
      ...{ officer: { name: "王芳", number: "031256" }, reviewLastDay: at, replaces: null },
    },
  );
  const letter: Determination = {
    ...{ number: "31010120260001", content: content!, by: "o1", issuedAt: at, pdfSha256: "p", pngSha256: ["p"] },
    ...{ replaces: null, withdrawn: null, receipts: none, reviews: [], served: { ...none, A: { at, how: "opened" } } },
  };
  return { ...ready, dispute: { ...NO_DISPUTE, determinations: [letter] } };
}

/** Changes that put driver A at each step, starting from "both are about to sign". */
export const STAGES: Partial<Record<Step, (ready: Accident) => Accident>> = {
  photos: (ready) => ({ ...ready, photos: [], movedAt: null }),
  move: (ready) => ({ ...ready, movedAt: null }),
  place: (ready) => ({ ...ready, scene: { ...ready.scene, address: null } }),
  details: (ready) => own(ready, { details: null }),
  statement: (ready) => own(ready, { statement: null }),
  admit: (ready) => others(ready, { newcomer: { plate: "沪A12345" }, clearedAt: null }),
  invite: (ready) => ({ ...ready, parties: { ...ready.parties, B: null } }),
  "wait-statement": (ready) => others(ready, { statement: null }),
  difference: (ready) =>
    others(ready, {
      statement: ready.parties.B && { ...ready.parties.B.statement!, ownAct: "QS-01", otherAct: "none" },
    }),
  evidence: (ready) => applied(ready, true),
  decision: (ready) => applied(ready, false),
  "wait-details": (ready) => others(ready, { details: null }),
  sign: (ready) => ready,
  "wait-signature": (ready) => own(ready, { signature }),
  letter: determined,
  done: (ready) => ({ ...others(own(ready, { signature }), { signature }), concludedAt: at }),
  ended: (ready) => ({ ...ready, ended: { code: "withdrawn", reasons: [], by: "B", at } }),
};

/** Puts the case where it is wanted; returns its version. */
export async function putAt(ctx: Context, ready: Accident, step: Step): Promise<number> {
  const stage = STAGES[step]!(ready);
  const { version } = await ctx.accidents.change(ready.id, ({ events }) => ({
    accident: { ...stage, events },
    events: [],
  }));
  return version;
}
