import assert from "node:assert/strict";
import type { Accident, Change, Letter } from "../../src/domain/accident.ts";
import { actOnDispute, type DisputeRules } from "../../src/domain/act-on-dispute.ts";
import {
  applicationHandler,
  applicationState,
  guidanceHandler,
  guidanceState,
  isWithPolice,
  lastApplication,
  lastGuidance,
  letterOf,
  openRequests,
  waitingForOfficer,
  withoutOpenDispute,
} from "../../src/domain/dispute.ts";
import type { Desk, DisputeAct } from "../../src/domain/dispute-act.ts";
import { type Clock, clocksOf } from "../../src/domain/dispute-clocks.ts";
import { LETTER_ACTS } from "../../src/domain/dispute-table.ts";
import { hasExpired } from "../../src/domain/expiry.ts";
import { actOnLetter, type LetterAct, wasReminded } from "../../src/domain/letter-acts.ts";
import { resumed, resumptionOf } from "../../src/domain/resumption.ts";
import { settleDispute } from "../../src/domain/settled-dispute.ts";
import { dayInChina } from "../../src/domain/working-days.ts";
import { Conflict, Invalid } from "../../src/errors.ts";
import { LIMITS } from "../support/dispute-limits.ts";
import { numbersFrom } from "../support/random.ts";
import { AT, cityRules, readyToSign, statement, withParty } from "./accident-builder.ts";
import { DESK, type DeskId, DRIVERS, Law, type Move, nextMove, TIMES } from "./dispute-oracle.ts";
import { issuedLetter } from "./issued-letter.ts";

const { catalogue } = await cityRules();
const MINUTE_MS = 60_000;
const timeOf = (law: Law): Date => new Date(AT.getTime() + law.now * MINUTE_MS);
const lawful = {
  letterDue: (from: Date) => new Date(from.getTime() + TIMES.letter * MINUTE_MS),
  serviceDue: (from: Date) => new Date(from.getTime() + TIMES.service * MINUTE_MS),
};
const rulesAt = (at: Date): DisputeRules & typeof lawful => ({
  ...{ at, catalogue, limits: LIMITS, digest: () => "d" },
  ...lawful,
});
const deskOf = (officerId: DeskId): Desk => ({ officerId, role: DESK[officerId], district: null });

/** The change that a move makes; null: it was done already. Throws where it is refused. */
function changeOf(accident: Accident, move: Exclude<Move, { type: "wait" }>, at: Date): Change | null {
  const rules = rulesAt(at);
  const dispute = (act: object) => actOnDispute(accident, { ...move, ...act } as DisputeAct, rules);
  const letter = (act: object) => actOnLetter(accident, { ...move, ...act } as LetterAct, rules);
  switch (move.type) {
    case "state":
      return stated(accident, move.by, move.alike, rules);
    case "end": {
      if (accident.ended || accident.dispute?.determinations.length) throw new Conflict("wrong-step");
      const ended = { code: "withdrawn", reasons: [], by: move.by, at } as const;
      return {
        accident: withoutOpenDispute({ ...accident, ended: { ...ended, reasons: [] } }),
        events: [event("ended", move.by)],
      };
    }
    case "resume": {
      const way = resumptionOf(accident, move.by);
      if (!way?.isMine || way.until <= at) throw new Conflict("wrong-step");
      return { accident: resumed(accident), events: [event("resumed", move.by)] };
    }
    case "recuse": {
      if ([guidanceHandler(accident), applicationHandler(accident)].some((one) => one?.officerId === move.by))
        throw new Conflict("in-hand");
      if (accident.recused.includes(move.by)) return null;
      const recused = [...accident.recused, move.by];
      return { accident: { ...accident, recused }, events: [event("officer-recused", `officer:${move.by}`)] };
    }
    case "answer-evidence":
      return dispute({ text: "路口前", photoIds: [] });
    case "open":
    case "receive":
    case "refuse-receipt":
      return letter({ forwarding: true, imageSha256: "s" });
    case "confirm-service":
      return letter({ by: deskOf(move.by) });
    case "note-review":
      return letter({ by: deskOf(move.by), of: move.to, filedOn: dayInChina(at) });
    case "replace": {
      const before = letterOf(accident);
      if (!before) throw new Conflict("wrong-step");
      const number = `L${(accident.dispute?.determinations.length ?? 0) + 1}`;
      const determination = issuedLetter(accident, { number, at, replaces: before.number });
      return letter({ by: deskOf(move.by), reason: "责任有误", determination });
    }
    case "determine":
      return dispute({ by: deskOf(move.by), determination: issuedLetter(accident, { number: "L1", at }) });
    default:
      return dispute(move.by in DESK ? { by: deskOf(move.by as DeskId), ...EXTRAS(at)[move.type] } : {});
  }
}

const EXTRAS = (at: Date): Record<string, object> => ({
  "give-guidance": { how: "message", text: "请核对" },
  "ask-evidence": { what: "sentence", text: "何时？", until: new Date(at.getTime() + 60 * MINUTE_MS) },
  return: { reason: "not-enough", text: "" },
  "send-officer": { controlRoomNumber: "1" },
  "not-ours": { code: "call-now" },
});
const event = (type: Change["events"][number]["type"], by: Change["events"][number]["by"]) => ({ type, by, data: {} });

function stated(accident: Accident, by: Letter, alike: boolean, rules: DisputeRules): Change {
  if (accident.ended || accident.dispute?.determinations.length) throw new Conflict("wrong-step");
  const B = accident.parties.B?.statement;
  const same = by === "A" ? statement(B?.otherAct ?? "", B?.ownAct ?? "") : flipped(accident.parties.A.statement);
  const own = alike ? same : statement("none", same.otherAct === "QS-01" ? "QS-02" : "QS-01");
  const after = withParty(accident, by, { statement: own });
  return settleDispute({ accident: after, events: [event("statement-given", by)] }, rules);
}
const flipped = (of: Accident["parties"]["A"]["statement"]) => statement(of?.otherAct ?? "", of?.ownAct ?? "");

/** The case with a change written as the store writes it: a version more, each event dated. */
function written(accident: Accident, { accident: after, events }: Change, at: Date): Accident {
  const chained = events.map((one, n) => ({ ...one, seq: accident.events.length + n, at, prev: "", hash: "" }));
  return { ...after, version: accident.version + 1, events: [...accident.events, ...chained] };
}

/** Acts of the clock that are not done, where a test wants to see that their lack is found. */
export type Forgotten = readonly Clock["act"]["type"][];

/** Everything that the clock has to do by now, once. */
function clocked(accident: Accident, at: Date, forgotten: Forgotten): Accident {
  let after = accident;
  for (let acts = 0; ; acts++) {
    assert.ok(acts < 20, "the clock comes to an end");
    const first = clocksOf(after, rulesAt(at)).find(({ act }) => !forgotten.includes(act.type));
    if (!first || first.at > at) return after;
    const isLetters = first.act.type in LETTER_ACTS;
    const change = isLetters
      ? actOnLetter(after, first.act as LetterAct, rulesAt(at))
      : actOnDispute(after, first.act as DisputeAct, rulesAt(at));
    assert.ok(change, "what is due does something");
    after = written(after, change, at);
  }
}

const CODE_GUIDANCE: Record<string, string> = { none: "none", asked: "asked", taken: "taken" };
const CODE_APPLICATION: Record<string, string> = {
  ...{ none: "none", proposed: "proposed", applied: "queued", "in-hand": "held", "evidence-asked": "held" },
};

/** The case as the law speaks of it. */
export const seen = (accident: Accident) => ({
  guidance: CODE_GUIDANCE[guidanceState(accident)] ?? "over",
  guides: guidanceHandler(accident)?.officerId ?? null,
  application: CODE_APPLICATION[applicationState(accident)] ?? "over",
  decides: applicationHandler(accident)?.officerId ?? null,
  open: DRIVERS.map((one) => openRequests(accident, one).length),
  ended: accident.ended !== null,
  letters: accident.dispute?.determinations.length ?? 0,
  served: DRIVERS.map((one) => letterOf(accident)?.served[one]?.how ?? null),
  receipts: DRIVERS.map((one) => letterOf(accident)?.receipts[one]?.how ?? null),
  reviews: letterOf(accident)?.reviews.map(({ by }) => by) ?? [],
  late: [
    guidanceState(accident) === "asked" && lastGuidance(accident)?.lateAt !== null,
    applicationState(accident) === "applied" && lastApplication(accident)?.lateAt !== null,
    isWithPolice(accident) && Boolean(lastApplication(accident)?.overdueAt),
    Boolean(letterOf(accident)?.serviceLateAt),
  ],
  reminded: DRIVERS.filter((one) => wasReminded(accident, letterOf(accident)?.number ?? "", one)),
});
export const lawfully = (law: Law): ReturnType<typeof seen> => ({
  guidance: law.guidance.state,
  guides: law.guidance.holder,
  application: law.application.state,
  decides: law.application.holder,
  open: DRIVERS.map((one) => law.requests.filter(({ to, isOpen }) => law.isWithPolice && to === one && isOpen).length),
  ended: law.end !== null,
  letters: law.letters.length,
  served: DRIVERS.map((one) => law.letter?.served[one] ?? null),
  receipts: DRIVERS.map((one) => law.letter?.receipts[one] ?? null),
  reviews: law.letter?.reviews ?? [],
  late: [
    law.guidance.state === "asked" && law.isGuidanceLate,
    law.application.state === "queued" && law.isApplicationLate,
    law.isWithPolice && law.isOverdue,
    law.letter?.isLate ?? false,
  ],
  reminded: law.letter?.reminded ?? [],
});

/** Moves in one walk. */
export const STEPS = 30;
const REFUSALS = new Set(["wrong-step", "taken", "not-for-role", "recused", "in-hand", "too-many-changes"]);

interface Walked {
  accident: Accident;
  law: Law;
  /** the moves that were allowed */
  made: string[];
}

/** Walks one seed; returns the case as it stands then. */
function walked(seed: number, forgotten: Forgotten): Walked {
  const random = numbersFrom(seed);
  const law = new Law();
  let accident = withParty(readyToSign(), "A", { statement: statement("none", "QS-01") });
  const made: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    const move = nextMove(law, random);
    const isAllowed = law.allows(move);
    const name = `seed ${seed}, step ${step}: ${JSON.stringify(move)}`;
    if (move.type === "wait") {
      law.play(move);
      accident = clocked(accident, timeOf(law), forgotten);
    } else if (isAllowed) {
      const change = allowedChange(accident, move, { at: timeOf(law), name });
      if (change) accident = written(accident, change, timeOf(law));
      law.play(move);
      made.push(move.type);
    } else {
      assert.throws(() => changeOf(accident, move, timeOf(law)), isRefusal, name);
    }
    assert.deepEqual(seen(accident), lawfully(law), name);
  }
  return { accident, law, made };
}

const isRefusal = (error: unknown): boolean =>
  (error instanceof Conflict || error instanceof Invalid) && REFUSALS.has(error.code);

function allowedChange(
  accident: Accident,
  move: Exclude<Move, { type: "wait" }>,
  { at, name }: { at: Date; name: string },
): Change | null {
  try {
    return changeOf(accident, move, at);
  } catch (error) {
    if (isRefusal(error)) assert.fail(`${name}: refused, ${(error as Conflict).code}`);
    throw error;
  }
}

/** Nobody does anything more: the clock alone brings every case to its end. */
function leftAlone({ accident, law }: Walked, forgotten: Forgotten): Accident {
  let after = accident;
  for (let hours = 0; hours < 24 * 12; hours += 6) {
    law.play({ type: "wait", minutes: 360 });
    after = clocked(after, timeOf(law), forgotten);
    const before = new Date(timeOf(law).getTime() - 24 * 3600_000);
    if (hasExpired(after, before)) {
      const ended = { code: "timed-out", reasons: [] as string[], by: null, at: timeOf(law) } as const;
      after = withoutOpenDispute({ ...after, ended: { ...ended, reasons: [] } });
    }
  }
  return after;
}

/**
 * Walks one seed and then leaves the case alone. Throws AssertionError at the first step after which the case
 * is not as the law has it, where an act was lost, and where the case comes to no end. Returns the moves that
 * were made.
 */
export function walk(seed: number, forgotten: Forgotten = []): string[] {
  const all = walked(seed, forgotten);
  const { accident, law, made } = all;
  const count = (type: string) => made.filter((one) => one === type).length;
  const { guidance = [], applications = [] } = accident.dispute ?? {};
  assert.equal(guidance.length, count("ask-guidance"), `seed ${seed}: each request is kept`);
  assert.equal(applications.length, count("propose"), `seed ${seed}: each application is kept`);
  const end = leftAlone(all, forgotten);
  assert.ok(end.ended || letterOf(end), `seed ${seed}: an end`);
  const waits = waitingForOfficer(end)?.kind ?? null;
  assert.equal(waits, law.awaitsService ? "service" : null, `seed ${seed}: what waits for ever`);
  return made;
}
