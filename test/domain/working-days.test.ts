import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { addWorkingDays, dayInChina, missingYear, type WorkingCalendar } from "../../src/domain/working-days.ts";
import { cityRules } from "./accident-builder.ts";

let calendar: WorkingCalendar;
before(async () => {
  ({ calendar } = await cityRules());
});

const china = (text: string) => new Date(`${text}+08:00`);
const without = (year: number): WorkingCalendar => {
  const others = (days: ReadonlySet<string>) => new Set([...days].filter((day) => !day.startsWith(`${year}-`)));
  const { years, off, worked } = calendar;
  return { years: new Set([...years].filter((one) => one !== year)), off: others(off), worked: others(worked) };
};
const lastDay = (from: string, n = 3, known = calendar) => dayInChina(addWorkingDays(china(from), n, known).until);

describe("three working days", () => {
  const cases: [what: string, from: string, last: string][] = [
    ["of a plain week", "2026-11-23T10:00", "2026-11-26"],
    ["over a weekend", "2026-11-26T10:00", "2026-12-01"],
    ["begun on a Saturday", "2026-11-28T10:00", "2026-12-02"],
    ["end on Sunday 20 September, which is worked", "2026-09-16T10:00", "2026-09-20"],
    ["have that Sunday as the first", "2026-09-18T10:00", "2026-09-22"],
    ["begun on that Sunday", "2026-09-20T10:00", "2026-09-23"],
    ["over Mid-Autumn", "2026-09-22T10:00", "2026-09-28"],
    ["over the National Day's week", "2026-09-28T10:00", "2026-10-08"],
    ["… from its eve's eve", "2026-09-29T10:00", "2026-10-09"],
    ["… from its eve end on Saturday 10 October, which is worked", "2026-09-30T10:00", "2026-10-10"],
    ...["01", "02", "03", "04", "05", "06", "07"].map((day): [string, string, string] => [
      `begun on ${day} October`,
      `2026-10-${day}T10:00`,
      "2026-10-10",
    ]),
    ["begun on the first day after it", "2026-10-08T10:00", "2026-10-12"],
    ["have that Saturday as the first", "2026-10-09T10:00", "2026-10-13"],
    ["begun on that Saturday", "2026-10-10T10:00", "2026-10-14"],
    ["over New Year, whose Sunday is worked", "2025-12-31T10:00", "2026-01-06"],
    ["over Spring Festival", "2026-02-13T10:00", "2026-02-25"],
    ["begun in the last minute of a day in China", "2026-09-29T23:59", "2026-10-09"],
    ["begun in the first minute of the next", "2026-09-30T00:00", "2026-10-10"],
  ];
  for (const [what, from, last] of cases) it(what, () => assert.equal(lastDay(from), last));

  it("run until 24:00 of the last day in China", () => {
    const { until, isSure } = addWorkingDays(china("2026-09-30T10:00"), 3, calendar);
    assert.equal(until.getTime(), china("2026-10-11T00:00").getTime() - 1);
    assert.equal(isSure, true);
  });

  it("none ends on the day itself, ten in their own time", () => {
    assert.equal(lastDay("2026-10-03T10:00", 0), "2026-10-03");
    assert.equal(lastDay("2026-09-28T10:00", 10), "2026-10-16");
  });
});

describe("a year whose holidays are not known", () => {
  it("makes the later day, and says that it is not sure", () => {
    for (const [from, last] of [
      ["2026-12-30T10:00", "2027-01-05"],
      ["2027-02-02T10:00", "2027-02-16"],
      ["2027-04-29T10:00", "2027-05-07"],
    ] as const) {
      const { until, isSure } = addWorkingDays(china(from), 3, calendar);
      assert.deepEqual([dayInChina(until), isSure], [last, false], from);
    }
    assert.equal(addWorkingDays(china("2026-12-24T10:00"), 3, calendar).isSure, true);
  });

  for (const year of [2021, 2022, 2023, 2024, 2025, 2026])
    it(`never makes an earlier day than ${year} really had`, () => {
      const unknown = without(year);
      const early: string[] = [];
      for (
        let at = china(`${year - 1}-12-28T12:00`);
        at < china(`${year}-12-28T12:00`);
        at = new Date(at.getTime() + 86_400_000)
      ) {
        const [real, shown] = [addWorkingDays(at, 3, calendar), addWorkingDays(at, 3, unknown)];
        if (shown.until < real.until) early.push(dayInChina(at));
      }
      assert.deepEqual(early, []);
    });

  const times: [string, string, number | null][] = [
    ["on 30 November is not asked for", "2026-11-30T23:59", null],
    ["is asked for from 1 December on", "2026-12-01T00:00", 2027],
    ["… and in the year itself", "2027-05-01T12:00", 2027],
  ];
  for (const [what, now, year] of times) it(what, () => assert.equal(missingYear(calendar, china(now)), year));

  it("is not asked for once it is entered", () => {
    const entered = { ...calendar, years: new Set([...calendar.years, 2027]) };
    assert.equal(missingYear(entered, china("2026-12-01T00:00")), null);
  });
});
