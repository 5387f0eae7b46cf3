import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Accident, End } from "../../src/domain/accident.ts";
import { actOnDispute, type DisputeRules } from "../../src/domain/act-on-dispute.ts";
import { DEGREE_PAIRS, type DeterminedDegree, isDegreePair } from "../../src/domain/determination.ts";
import {
  APPLICATION_STATES,
  type Application,
  applicationState,
  GUIDANCE_STATES,
  type Guidance,
  guidanceState,
  NO_DISPUTE,
  withoutOpenDispute,
} from "../../src/domain/dispute.ts";
import type { Desk, DisputeAct } from "../../src/domain/dispute-act.ts";
import { ROLES, type Role } from "../../src/domain/officer.ts";
import { resumed } from "../../src/domain/resumption.ts";
import { settleDispute } from "../../src/domain/settled-dispute.ts";
import type { Conflict, Invalid } from "../../src/errors.ts";
import { LIMITS } from "../support/dispute-limits.ts";
import { AT, cityRules, readyToSign, statement, withParty } from "./accident-builder.ts";
import { issuedLetter } from "./issued-letter.ts";

/**
 * Every act in every state, written out from the law's arrows (Order 146 arts. 20, 23-26): the state that
 * follows, or "." where it is refused. The officer who acts is the one who has the case in hand.
 */
const GUIDANCE = `
                    none   asked      taken      given  withdrawn settled over
ask-guidance        asked  .          .          asked  asked     asked   asked
withdraw-guidance   .      withdrawn  withdrawn  .      .         .       .
note-guidance-late  .      asked      .          .      .         .       .
take-guidance       .      taken      .          .      .         .       .
release-guidance    .      .          asked      .      .         .       .
reassign-guidance   .      .          asked      .      .         .       .
release-late-guidance . .           asked      .      .         .       .
free-guidance       .      .          asked      .      .         .       .
give-guidance       .      .          given      .      .         .       .
settle-guidance     .      settled    settled    .      .         .       .`;

const APPLICATION = `
                       none      proposed   refused   lapsed    withdrawn applied   in-hand        evidence-asked returned  settled   determined over
propose                proposed  .          proposed  proposed  proposed  .         .              .              proposed  proposed  .          proposed
agree                  .         applied    .         .         .         .         .              .              .         .         .          .
refuse                 .         refused    .         .         .         .         .              .              .         .         .          .
lapse-proposal         .         lapsed     .         .         .         .         .              .              .         .         .          .
withdraw-application   .         withdrawn  .         .         .         withdrawn withdrawn      withdrawn      .         .         .          .
note-application-late  .         .          .         .         .         applied   .              .              .         .         .          .
take-application       .         .          .         .         .         in-hand   .              .              .         .         .          .
release-application    .         .          .         .         .         .         applied        applied        .         .         .          .
reassign-application   .         .          .         .         .         .         applied        applied        .         .         .          .
release-late-application .       .          .         .         .         .         applied        applied        .         .         .          .
note-overdue           .         .          .         .         .         applied   in-hand        evidence-asked .         .         .          .
free-application       .         .          .         .         .         .         applied        applied        .         .         .          .
ask-evidence           .         .          .         .         .         .         evidence-asked evidence-asked .         .         .          .
answer-evidence        .         .          .         .         .         .         .              in-hand        .         .         .          .
lapse-evidence         .         .          .         .         .         .         .              in-hand        .         .         .          .
return                 .         .          .         .         .         .         returned       returned       .         .         .          .
return-untaken         .         .          .         .         .         returned  .              .              .         .         .          .
send-officer           .         .          .         .         .         .         over           over           .         .         .          .
not-ours               .         .          .         .         .         .         over           over           .         .         .          .
settle-application     .         settled    .         .         .         settled   settled        settled        .         .         .          .
determine              .         .          .         .         .         .         determined     determined     .         .         .          .`;

/** Whose right each act of an officer is. */
const RIGHTS: Record<string, readonly Role[]> = {
  "take-guidance": ["officer", "auxiliary", "supervisor"],
  "release-guidance": ["officer", "auxiliary", "supervisor"],
  "give-guidance": ["officer", "auxiliary", "supervisor"],
  "reassign-guidance": ["supervisor"],
  "take-application": ["officer", "supervisor"],
  "release-application": ["officer", "supervisor"],
  "reassign-application": ["supervisor"],
  "ask-evidence": ["officer", "supervisor"],
  return: ["officer", "supervisor"],
  "send-officer": ["officer", "supervisor"],
  "not-ours": ["officer", "supervisor"],
  determine: ["officer", "supervisor"],
};
const CLOCKS = [
  "note-guidance-late",
  "release-late-guidance",
  "free-guidance",
  "free-application",
  "settle-guidance",
  "lapse-proposal",
  "note-application-late",
  "note-overdue",
  "release-late-application",
];
const BY_CLOCK = [...CLOCKS, "lapse-evidence", "return-untaken", "settle-application"];
/** Which driver may: the one who asked or proposed, or the other. */
const BY_B = ["agree", "refuse", "answer-evidence"];

const { catalogue } = await cityRules();
const DAY_MS = 24 * 3600_000;
/** long after everything that a clock waits for */
const LATER = new Date(AT.getTime() + 10 * DAY_MS);
const rules: DisputeRules = {
  at: LATER,
  catalogue,
  limits: LIMITS,
  digest: () => "d",
  letterDue: (from) => new Date(from.getTime() + 3 * DAY_MS),
};
const desk = (role: Role = "supervisor", officerId = "o1"): Desk => ({ officerId, role, district: null });
const handler = { ...desk(), since: AT };
/** Each says that the other ran into them. */
const different = () => withParty(readyToSign(), "A", { statement: statement("none", "QS-01") });

const HELD = ["taken", "in-hand", "evidence-asked"];
function guidanceIn(state: Guidance["state"]): Guidance {
  const held = HELD.includes(state) ? handler : null;
  return { state, askedBy: "A", askedAt: AT, handler: held, given: null, lateAt: null };
}
function applicationIn(state: Application["state"]): Application {
  const open = state === "evidence-asked";
  const until = new Date(AT.getTime() + 3600_000);
  const request = {
    id: 1,
    to: "B",
    what: "sentence",
    text: "?",
    askedAt: AT,
    until,
    answer: null,
    lapsedAt: null,
  } as const;
  return {
    ...{ state, proposedBy: "A", proposedAt: AT, appliedAt: AT, acceptedAt: AT, returned: null, lateAt: null },
    handler: HELD.includes(state) ? handler : null,
    requests: open ? [request] : [],
  };
}
const withGuidance = (state: string): Accident => {
  const guidance = state === "none" ? [] : [guidanceIn(state as Guidance["state"])];
  return { ...different(), dispute: { ...NO_DISPUTE, guidance } };
};
const withApplication = (state: string): Accident => {
  const applications = state === "none" ? [] : [applicationIn(state as Application["state"])];
  return { ...different(), dispute: { ...NO_DISPUTE, applications } };
};

function act(type: string, accident: Accident, by: Desk = desk()): DisputeAct {
  const extras: Record<string, object> = {
    "give-guidance": { how: "phone", text: "请核对" },
    "answer-evidence": { request: 1, text: "路口前", photoIds: [] },
    "ask-evidence": { to: "B", what: "sentence", text: "何时？", until: new Date(LATER.getTime() + 1) },
    return: { reason: "not-enough", text: "" },
    "free-guidance": { of: handler.officerId },
    "free-application": { of: handler.officerId },
    "send-officer": { controlRoomNumber: "1" },
    "not-ours": { code: "call-now" },
    determine: { determination: issuedLetter(accident, { number: "L1", at: LATER }) },
  };
  const actor = BY_CLOCK.includes(type) ? "system" : RIGHTS[type] ? by : BY_B.includes(type) ? "B" : "A";
  return { type, by: actor, ...extras[type] } as unknown as DisputeAct;
}

const rowsOf = (table: string) => {
  const [head = "", ...lines] = table.split("\n").filter((line) => line.trim());
  const states = head.trim().split(/\s+/);
  return lines.flatMap((line) => {
    const [type = "", ...cells] = line.trim().split(/\s+/);
    assert.equal(cells.length, states.length, type);
    return states.map((state, at) => ({ type, state, next: cells[at] as string }));
  });
};
const refusal = (accident: Accident, what: DisputeAct): string => {
  try {
    actOnDispute(accident, what, rules);
    return "allowed";
  } catch (error) {
    return (error as Conflict | Invalid).code;
  }
};

const TABLES = [
  { name: "guidance", table: GUIDANCE, states: GUIDANCE_STATES, inState: withGuidance, stateOf: guidanceState },
  {
    name: "application",
    table: APPLICATION,
    states: APPLICATION_STATES,
    inState: withApplication,
    stateOf: applicationState,
  },
];

describe("the table of a dispute", () => {
  for (const { name, table, states, inState, stateOf } of TABLES) {
    it(`${name}: every act in every state`, () => {
      const rows = rowsOf(table);
      assert.deepEqual(new Set(rows.map(({ state }) => state)), new Set(["none", ...states]));
      for (const { type, state, next } of rows) {
        const accident = inState(state);
        const what = act(type, accident);
        if (next === ".") assert.equal(refusal(accident, what), "wrong-step", `${type} in ${state}`);
        else assert.equal(stateOf(actOnDispute(accident, what, rules).accident), next, `${type} in ${state}`);
      }
    });

    it(`${name}: every act by every role, by a second officer, and by one who is recused`, () => {
      for (const { type, state } of rowsOf(table).filter((row) => row.next !== "." && RIGHTS[row.type])) {
        const accident = inState(state);
        const rights = RIGHTS[type] as readonly Role[];
        for (const role of ROLES) {
          const expected = rights.includes(role) ? "allowed" : "not-for-role";
          assert.equal(refusal(accident, act(type, accident, desk(role))), expected, `${type} by ${role}`);
        }
        const second = act(type, accident, desk("supervisor", "o2"));
        const isFree = type.startsWith("take-") || type.startsWith("reassign-");
        assert.equal(refusal(accident, second), isFree ? "allowed" : "taken", `${type} by another`);
        const recused = { ...accident, recused: ["o1"] };
        assert.equal(refusal(recused, act(type, accident)), "recused", `${type} by one recused`);
      }
    });

    it(`${name}: nothing is done in a case that has ended`, () => {
      const end: End = { code: "withdrawn", reasons: [], by: "A", at: AT };
      for (const { type, state } of rowsOf(table).filter(({ next }) => next !== ".")) {
        const accident = inState(state);
        assert.equal(refusal({ ...accident, ended: end }, act(type, accident)), "wrong-step", type);
        assert.equal(refusal({ ...accident, concludedAt: AT }, act(type, accident)), "wrong-step", type);
      }
    });
  }

  it("the drivers' own acts are the right driver's alone", () => {
    const wrong: [string, Accident, "A" | "B"][] = [
      ["withdraw-guidance", withGuidance("asked"), "B"],
      ["agree", withApplication("proposed"), "A"],
      ["refuse", withApplication("proposed"), "A"],
      ["withdraw-application", withApplication("proposed"), "B"],
      ["answer-evidence", withApplication("evidence-asked"), "A"],
    ];
    for (const [type, accident, by] of wrong)
      assert.equal(refusal(accident, { ...act(type, accident), by } as DisputeAct), "wrong-step", `${type} by ${by}`);
    const either = withApplication("applied");
    for (const by of ["A", "B"] as const)
      assert.equal(refusal(either, { type: "withdraw-application", by }), "allowed");
  });

  it("one officer has the case: whoever takes the application has it, guidance waits for that officer", () => {
    const { dispute } = withApplication("in-hand");
    const asked = { ...different(), dispute: { ...NO_DISPUTE, ...dispute, guidance: [guidanceIn("asked")] } };
    assert.equal(refusal(asked, act("take-guidance", asked, desk("officer", "o2"))), "taken");
    assert.equal(refusal(asked, act("take-guidance", asked, desk("officer", "o1"))), "allowed");
    const guided = {
      ...asked,
      dispute: { ...asked.dispute, guidance: [guidanceIn("taken")], applications: [applicationIn("applied")] },
    };
    const { accident, events } = actOnDispute(guided, act("take-application", guided, desk("officer", "o2")), rules);
    assert.deepEqual([guidanceState(accident), applicationState(accident)], ["asked", "in-hand"]);
    assert.deepEqual(
      events.map(({ type, by }) => `${type} ${by}`),
      ["application-taken officer:o2", "guidance-released system"],
    );
    assert.equal(refusal(accident, act("take-guidance", accident, desk("officer", "o1"))), "taken");
    const own = actOnDispute(guided, act("take-application", guided, desk("officer", "o1")), rules).accident;
    assert.deepEqual([guidanceState(own), applicationState(own)], ["taken", "in-hand"]);
  });

  it("nothing is put back from an officer who does not have it", () => {
    const held = { ...withApplication("in-hand") };
    assert.equal(refusal(held, { type: "free-application", by: "system", of: "o2" }), "wrong-step");
    assert.equal(refusal(withGuidance("taken"), { type: "free-guidance", by: "system", of: "o2" }), "wrong-step");
  });

  it("a case that another officer had, and has no more, is nobody's", () => {
    const accident = withGuidance("given");
    const had = { ...accident, dispute: { ...NO_DISPUTE, guidance: [{ ...guidanceIn("given"), handler }] } };
    assert.equal(refusal(had, act("take-guidance", had, desk("officer", "o2"))), "wrong-step");
  });

  it("what an officer asked for can be answered after another has the case, and while nobody has", () => {
    const asked = withApplication("evidence-asked");
    const queued = actOnDispute(asked, act("release-application", asked), rules).accident;
    const answered = actOnDispute(queued, act("answer-evidence", queued), rules).accident;
    assert.equal(applicationState(answered), "applied");
    const taken = actOnDispute(queued, act("take-application", queued, desk("officer", "o2")), rules).accident;
    assert.equal(applicationState(taken), "evidence-asked");
    assert.equal(applicationState(actOnDispute(taken, act("answer-evidence", taken), rules).accident), "in-hand");
  });

  it("a determination rests on the case as it is: degrees, evidence, statements", () => {
    const accident = withApplication("in-hand");
    const letter = issuedLetter(accident, { number: "L1", at: LATER });
    const determine = (over: object, on = accident) =>
      refusal(on, {
        type: "determine",
        by: desk(),
        determination: { ...letter, content: { ...letter.content, ...over } },
      });
    assert.equal(determine({}), "allowed");
    assert.equal(determine({ evidence: [] }), "no-evidence");
    assert.equal(determine({ facts: "短" }), "facts-short");
    const { A, B } = letter.content.parties;
    for (const a of ["full", "primary", "equal", "secondary", "none"] as DeterminedDegree[])
      for (const b of ["full", "primary", "equal", "secondary", "none"] as DeterminedDegree[]) {
        const code = determine({ parties: { A: { ...A, degree: a }, B: { ...B, degree: b } } });
        const isPair = DEGREE_PAIRS.some(([x, y]) => [`${x} ${y}`, `${y} ${x}`].includes(`${a} ${b}`));
        assert.equal(isDegreePair(a, b), isPair);
        assert.equal(code, isPair ? "allowed" : "impossible-degrees", `${a} ${b}`);
      }
    const moved = { ...accident, scene: { ...accident.scene, address: "南京西路" } };
    assert.equal(determine({}, moved), "text-changed");
  });

  it("a letter, an end and an agreement close the guidance that was asked for", () => {
    const base = withApplication("in-hand");
    const asked = { ...base, dispute: { ...NO_DISPUTE, ...base.dispute, guidance: [guidanceIn("asked")] } };
    for (const type of ["determine", "send-officer", "not-ours"])
      assert.equal(guidanceState(actOnDispute(asked, act(type, asked), rules).accident), "over", type);
    const ended = withoutOpenDispute(asked);
    assert.deepEqual([guidanceState(ended), applicationState(ended)], ["over", "over"]);
    assert.equal(
      applicationState(resumed({ ...asked, ended: { code: "withdrawn", reasons: [], by: "A", at: AT } })),
      "over",
    );
  });

  it("only alike statements, or the other driver's leaving, end what was asked for", () => {
    const asked = withGuidance("asked");
    const unstated = withParty(asked, "B", { statement: null });
    assert.equal(guidanceState(settleDispute({ accident: unstated, events: [] }, rules).accident), "asked");
    const alone = { ...asked, parties: { ...asked.parties, B: null } };
    assert.equal(guidanceState(settleDispute({ accident: alone, events: [] }, rules).accident), "settled");
  });

  it("a driver who asks again and again is stopped, and can still withdraw and answer", () => {
    const events = Array.from({ length: 30 }, (_, seq) => {
      return { type: "guidance-asked", by: "A", data: {}, seq, at: LATER, prev: "", hash: "" } as const;
    });
    const busy = { ...withGuidance("given"), events };
    assert.equal(refusal(busy, { type: "ask-guidance", by: "A" }), "too-many-changes");
    assert.equal(refusal({ ...withGuidance("asked"), events }, { type: "withdraw-guidance", by: "A" }), "allowed");
    assert.equal(refusal({ ...withApplication("evidence-asked"), events }, act("answer-evidence", busy)), "allowed");
  });
});
