import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Accident } from "../../src/domain/accident.ts";
import { actOnDispute, type DisputeRules } from "../../src/domain/act-on-dispute.ts";
import type { Desk, DisputeAct } from "../../src/domain/dispute-act.ts";
import { type Clock, clocksOf } from "../../src/domain/dispute-clocks.ts";
import { lawfulTimes } from "../../src/domain/lawful-times.ts";
import { actOnLetter, type LetterAct } from "../../src/domain/letter-acts.ts";
import { addWorkingDays, dayInChina, REVIEW_DAYS } from "../../src/domain/working-days.ts";
import { LIMITS } from "../support/dispute-limits.ts";
import { cityRules, readyToSign, statement, withParty } from "./accident-builder.ts";
import { issuedLetter } from "./issued-letter.ts";

const { catalogue, calendar } = await cityRules();
const times = lawfulTimes({ calendar });
const china = (text: string) => new Date(`${text}+08:00`);
const officer: Desk = { officerId: "o1", role: "officer", district: null };
const rulesAt = (at: Date): DisputeRules & typeof times => ({
  ...{ at, catalogue, limits: LIMITS, digest: () => "d" },
  ...times,
});

const acted = (accident: Accident, act: DisputeAct, at: Date) => actOnDispute(accident, act, rulesAt(at)).accident;

/** A joint application that both agreed to at this time. */
function applied(at: Date): Accident {
  const different = withParty(readyToSign(), "A", { statement: statement("none", "QS-01") });
  return acted(acted(different, { type: "propose", by: "A" }, at), { type: "agree", by: "B" }, at);
}
const taken = (at: Date) => acted(applied(at), { type: "take-application", by: officer }, at);
function issued(at: Date): Accident {
  const accident = taken(at);
  return acted(
    accident,
    { type: "determine", by: officer, determination: issuedLetter(accident, { number: "L1", at }) },
    at,
  );
}

const clocks = (accident: Accident): Clock[] => clocksOf(accident, { limits: LIMITS, ...times });
const clockOf = (accident: Accident, type: string): Clock => {
  const clock = clocks(accident).find(({ act }) => act.type === type);
  assert.ok(clock, type);
  return clock;
};
const lastDayOf = (accident: Accident, type: string) => dayInChina(clockOf(accident, type).at);

/**
 * From, and the last of three working days: around 1 to 7 October 2026, all off; Sunday 20 September and
 * Saturday 10 October are worked, Friday 25 to Sunday 27 September (Mid-Autumn) are off.
 */
const DAYS: readonly [from: string, last: string][] = [
  ["2026-09-16T10:00", "2026-09-20"],
  ["2026-09-18T16:59", "2026-09-22"],
  ["2026-09-20T09:00", "2026-09-23"],
  ["2026-09-24T10:00", "2026-09-30"],
  ["2026-09-28T10:00", "2026-10-08"],
  ["2026-09-29T23:59", "2026-10-09"],
  ["2026-09-30T00:00", "2026-10-10"],
  ["2026-10-01T08:00", "2026-10-10"],
  ["2026-10-02T08:00", "2026-10-10"],
  ["2026-10-03T08:00", "2026-10-10"],
  ["2026-10-04T08:00", "2026-10-10"],
  ["2026-10-05T08:00", "2026-10-10"],
  ["2026-10-06T08:00", "2026-10-10"],
  ["2026-10-07T23:59", "2026-10-10"],
  ["2026-10-08T00:00", "2026-10-12"],
  ["2026-10-09T10:00", "2026-10-13"],
  ["2026-10-10T10:00", "2026-10-14"],
];

/** The clock's act is refused a moment before the end of the day, and done at it. */
function assertDueAtMidnight(accident: Accident, type: "note-overdue" | "note-service-late", last: string): void {
  const { at, act } = clockOf(accident, type);
  assert.equal(at.getTime(), china(`${last}T23:59:59.999`).getTime());
  const does = (when: Date) =>
    type === "note-overdue"
      ? actOnDispute(accident, act as DisputeAct, rulesAt(when))
      : actOnLetter(accident, act as LetterAct, rulesAt(when));
  assert.throws(() => does(new Date(at.getTime() - 1)), { code: "wrong-step" });
  assert.ok(does(at));
}

describe("the clocks of a dispute across the National Day's week of 2026", () => {
  for (const [from, last] of DAYS)
    it(`begun ${from}: letter, service and review end on ${last}`, () => {
      const at = china(from);
      assert.equal(lastDayOf(taken(at), "note-overdue"), last);
      assertDueAtMidnight(taken(at), "note-overdue", last);
      assert.equal(lastDayOf(issued(at), "note-service-late"), last);
      assertDueAtMidnight(issued(at), "note-service-late", last);
      assert.equal(dayInChina(addWorkingDays(at, REVIEW_DAYS, calendar).until), last);
    });

  it("hours and minutes of the desk run through the holidays", () => {
    const at = china("2026-10-01T22:00");
    const times = (accident: Accident) =>
      Object.fromEntries(clocks(accident).map((clock) => [clock.act.type, clock.at.getTime() - at.getTime()]));
    const minute = 60_000;
    const different = withParty(readyToSign(), "A", { statement: statement("none", "QS-01") });
    assert.deepEqual(times(acted(different, { type: "ask-guidance", by: "A" }, at)), {
      "note-guidance-late": 10 * minute,
    });
    const guided = acted(
      acted(different, { type: "ask-guidance", by: "A" }, at),
      { type: "take-guidance", by: officer },
      at,
    );
    assert.deepEqual(times(guided), { "release-late-guidance": 24 * 60 * minute });
    assert.deepEqual(times(acted(different, { type: "propose", by: "A" }, at)), { "lapse-proposal": 30 * minute });
    assert.deepEqual(times(applied(at)), { "note-application-late": 30 * minute, "return-untaken": 24 * 60 * minute });
    assert.equal(times(issued(at))["remind"], 24 * 60 * minute);
  });

  it("service is confirmed only after its last day, for who has not answered", () => {
    const letter = issued(china("2026-09-30T10:00"));
    const confirm: LetterAct = { type: "confirm-service", by: officer, to: "B" };
    for (const early of ["2026-10-05T10:00", "2026-10-09T23:59", "2026-10-10T23:59"])
      assert.throws(() => actOnLetter(letter, confirm, rulesAt(china(early))), { code: "wrong-step" }, early);
    const change = actOnLetter(letter, confirm, rulesAt(china("2026-10-11T00:00")));
    assert.equal(change?.accident.dispute?.determinations[0]?.served.B?.how, "by-message");
  });

  it("the days for the letter run from the first taking, whoever has it; past them nobody gets new ones", () => {
    const second = { ...officer, officerId: "o2" };
    const take: DisputeAct = { type: "take-application", by: second };
    const release: DisputeAct = { type: "release-application", by: officer };
    const first = taken(china("2026-09-29T10:00"));
    const again = acted(acted(first, release, china("2026-10-08T10:00")), take, china("2026-10-09T09:00"));
    assert.equal(lastDayOf(again, "note-overdue"), "2026-10-09");
    assert.equal(again.dispute?.applications[0]?.acceptedAt?.getTime(), china("2026-09-29T10:00").getTime());
    // who took it on the last day is not cut off within the hours that an officer has
    assert.equal(clockOf(again, "release-late-application").at.getTime(), china("2026-10-10T09:00").getTime());
    const told = acted(again, { type: "note-overdue", by: "system" }, china("2026-10-10T00:00"));
    assert.throws(() => acted(told, { type: "note-overdue", by: "system" }, china("2026-10-10T01:00")));
    const back = acted(told, { type: "release-late-application", by: "system" }, china("2026-10-10T09:00"));
    const third = acted(back, take, china("2026-10-10T12:00"));
    assert.deepEqual(
      clocks(third).map(({ at, act }) => [act.type, at.getTime()]),
      [["release-late-application", china("2026-10-11T12:00").getTime()]],
    );
  });

  it("an application in hand from before its first taking was kept counts from its officer's", () => {
    const { dispute, ...rest } = taken(china("2026-09-29T10:00"));
    const { acceptedAt: _, ...older } = dispute!.applications[0]!;
    const accident = { ...rest, dispute: { ...dispute!, applications: [older] } };
    assert.equal(lastDayOf(accident, "note-overdue"), "2026-10-09");
    const back = acted(accident, { type: "release-application", by: officer }, china("2026-09-30T10:00"));
    assert.equal(lastDayOf(back, "note-overdue"), "2026-10-09");
  });
});
