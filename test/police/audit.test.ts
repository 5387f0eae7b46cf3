import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { drawSample } from "../../src/actions/draw-sample.ts";
import { recordFinding } from "../../src/actions/record-finding.ts";
import type { Draw } from "../../src/domain/audit.ts";
import type { Officer, Role } from "../../src/domain/officer.ts";
import { isStored } from "../../src/domain/photo.ts";
import { Conflict, Invalid, NotFound } from "../../src/errors.ts";
import { historyLines } from "../../src/police/print-lines.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { concludedAccident } from "../support/concluded-accident.ts";
import { closeDatabase } from "../support/database.ts";
import { type DeskClient, signedInOfficer } from "../support/desk-client.ts";

const DAY_MS = 24 * 3600_000;
const FROM = new Date("2026-11-01T00:00:00+08:00");
const TO = new Date("2026-11-08T00:00:00+08:00");
const PERIOD = { from: "2026-11-01", to: "2026-11-07" };
const CASES = 40;
const FLAGGED = [3, 9, 20];

let app: TestApp;
const desk = {} as Record<Role, DeskClient>;
const people = {} as Record<Role, Officer>;
before(async () => {
  app = await startApp();
  for (const role of ["supervisor", "auditor", "officer"] as const) {
    desk[role] = await signedInOfficer(app, { number: `P-${role}`, role });
    people[role] = (await app.ctx.officers.find(app.ctx.officers.idOf(`P-${role}`)))!;
  }
  for (let i = 0; i < CASES; i++) await keep(i, new Date(FROM.getTime() + i * 3_600_000 + 600_000));
  await keep(900, new Date(TO.getTime() + 600_000));
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

/** A settled case, opened ten minutes before `at`; those of FLAGGED have pictures with findings. */
async function keep(i: number, at: Date): Promise<void> {
  const draft = concludedAccident({ id: `case-${i}`, number: `KC20261101-${String(i).padStart(6, "0")}`, at });
  const codes = i === 9 ? (["screenshot", "same-picture"] as const) : (["screenshot"] as const);
  const findings = codes.map((code) => ({ code, level: "warns" as const }));
  const photos = draft.photos.map((photo, at) => (at === 0 && isStored(photo) ? { ...photo, findings } : photo));
  await app.ctx.accidents.create(FLAGGED.includes(i) ? { ...draft, photos } : draft, []);
}

const draw = (over: Partial<Parameters<typeof drawSample>[1]> = {}): Promise<Draw> =>
  drawSample(app.ctx, {
    ...{ officer: people.auditor, address: "test", from: FROM, to: TO, district: null },
    ...{ random: 5, byRisk: 2, seed: "first" },
    ...over,
  });
const rankOf = (id: string) => createHash("sha256").update(`first\n${id}`).digest("hex");
const ids = ({ cases }: Draw, by: "chance" | "risk") =>
  cases.filter((one) => one.by === by).map(({ accidentId }) => accidentId);

describe("a draw", () => {
  it("is the same for the same seed, period and district, whoever draws, and anybody can compute it", async () => {
    const [one, other] = [await draw(), await draw({ officer: people.supervisor })];
    assert.deepEqual(one.cases, other.cases);
    const all = Array.from({ length: CASES }, (_, i) => `case-${i}`);
    const inLine = all.toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1));
    assert.deepEqual(ids(one, "chance"), inLine.slice(0, 5));
    assert.deepEqual({ population: one.population, flagged: one.flagged }, { population: CASES, flagged: 3 });
    assert.notDeepEqual((await draw({ seed: "second" })).cases, one.cases);
    assert.deepEqual(await app.ctx.audits.find(one.id), one);
  });

  it("takes by risk those with most flags first, none twice", async () => {
    const { cases, ...all } = await draw({ random: 0, byRisk: 2 });
    assert.equal(cases[0]?.accidentId, "case-9");
    assert.equal(cases.length, 2);
    assert.equal(all.flagged, 3);
    const whole = await draw({ random: CASES, byRisk: 3 });
    assert.deepEqual([ids(whole, "chance").length, ids(whole, "risk").length], [CASES, 0]);
  });

  it("leaves out what was erased, and changes nothing about the others", async () => {
    const before = ids(await draw({ byRisk: 0 }), "chance");
    await app.ctx.retention.erase(before[1]!);
    const after = ids(await draw({ byRisk: 0 }), "chance");
    assert.deepEqual(
      after.slice(0, 4),
      before.filter((_, at) => at !== 1),
    );
  });

  it("refuses an empty one, a period that is none, and another district", async () => {
    await assert.rejects(draw({ random: 0, byRisk: 0 }), Invalid);
    await assert.rejects(draw({ to: FROM }), Invalid);
    await assert.rejects(draw({ to: new Date(FROM.getTime() + 400 * DAY_MS) }), Invalid);
    await assert.rejects(draw({ from: new Date(FROM.getTime() - DAY_MS), to: FROM }), Conflict);
    const led: Officer = { ...people.supervisor, district: "310101" };
    await assert.rejects(draw({ officer: led, district: "310104" }), NotFound);
    await assert.rejects(draw({ officer: led, district: null }), NotFound);
  });
});

describe("a finding", () => {
  const NOTE = "号牌照片与签名时间相差 2 小时";
  const record = (drawn: Draw, over: Partial<Parameters<typeof recordFinding>[1]> = {}) =>
    recordFinding(app.ctx, {
      ...{ officer: people.auditor, address: "test", draw: drawn, accidentId: drawn.cases[0]!.accidentId },
      ...{ revision: 0, finding: "pictures", note: NOTE, followUp: null },
      ...over,
    });

  it("is kept sealed, leaves an event and changes nothing else of the case", async () => {
    const drawn = await draw();
    const id = drawn.cases[0]!.accidentId;
    const { events: _, version, ...before } = await app.ctx.accidents.get(id);
    await record(drawn);
    const { events, version: next, ...after } = await app.ctx.accidents.get(id);
    assert.deepEqual(after, before);
    assert.equal(next, version + 1);
    assert.equal(firstBrokenEvent(id, events), null);
    const { type, data } = events.at(-1)!;
    assert.deepEqual(
      { type, data },
      { type: "audit-finding-recorded", data: { draw: drawn.id, revision: 1, finding: "pictures" } },
    );
    assert.equal((await app.ctx.audits.findFinding(drawn.id, id))?.note, NOTE);
    const [row] = await app.ctx.accessLog.list({ accidentId: id }, 1);
    assert.deepEqual([row?.act, row?.reason, row?.officerId], ["wrote-finding", "audit", people.auditor.id]);
  });

  it("stands in the file for those who audit alone, and never in the print for the court", async () => {
    const drawn = await draw();
    const id = drawn.cases[1]!.accidentId;
    await record(drawn, { accidentId: id });
    const word = /audit finding recorded/;
    for (const role of ["supervisor", "auditor"] as const)
      assert.match(await (await desk[role].get(`/police/cases/${id}`)).text(), word, role);
    assert.doesNotMatch(await (await desk.officer.get(`/police/cases/${id}`)).text(), word);
    const reading = { config: app.ctx.config, t: app.ctx.render.words("en"), language: "en" } as const;
    const printed = historyLines(await app.ctx.accidents.get(id), reading, String);
    assert.doesNotMatch(printed.join("\n"), word);
  });

  it("is not written by whoever has handled the case", async () => {
    const drawn = await draw();
    const id = drawn.cases[2]!.accidentId;
    const by = `officer:${people.supervisor.id}` as const;
    await app.ctx.accidents.change(id, (accident) => ({
      accident,
      events: [{ type: "letter-issued", by, data: {} }],
    }));
    const before = await app.ctx.accidents.get(id);
    await assert.rejects(record(drawn, { accidentId: id, officer: people.supervisor }), { code: "own-case" });
    assert.equal((await app.ctx.accidents.get(id)).version, before.version);
    assert.equal(await app.ctx.audits.findFinding(drawn.id, id), null);
    const page = `/police/audit/${drawn.id}/cases/${id}`;
    assert.match(await (await desk.supervisor.get(page)).text(), /somebody else has to write/);
    await record(drawn, { accidentId: id });
  });

  it("of two at once is one; the other is told, and may replace it knowingly", async () => {
    const drawn = await draw();
    const outcomes = await Promise.allSettled([
      record(drawn),
      record(drawn, { finding: "form", officer: people.supervisor }),
    ]);
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    await assert.rejects(record(drawn), Conflict);
    await record(drawn, { revision: 1, finding: "in-order" });
    const [found] = await app.ctx.audits.listFindings(drawn.id);
    assert.deepEqual([found?.finding, found?.revision], ["in-order", 2]);
  });

  it("loses its note when the case is erased, and is counted on", async () => {
    const drawn = await draw({ random: 0, byRisk: 1 });
    await record(drawn);
    await app.ctx.retention.erase(drawn.cases[0]!.accidentId);
    const [found] = await app.ctx.audits.listFindings(drawn.id);
    assert.deepEqual([found?.finding, found?.note], ["pictures", ""]);
    const html = await (await desk.auditor.get(`/police/audit/${drawn.id}`)).text();
    assert.match(html, /\(erased\)/);
  });
});

describe("the pages of an audit", () => {
  const form = { ...PERIOD, district: "", random: "4", byRisk: "1", seed: "page" };

  it("draw, judge, follow up and sum up", async () => {
    const drawn = await desk.auditor.submit("/police/audit", form);
    assert.equal(drawn.status, 303);
    const path = drawn.headers.get("location")!;
    const list = await (await desk.auditor.get(path)).text();
    const cases = [...list.matchAll(/href="(\/police\/audit\/[\w-]+\/cases\/[\w-]+)"/g)].map(([, to]) => to!);
    assert.equal(cases.length, 5);
    const finding = {
      finding: "suspected-fraud",
      note: "<script>alert(1)</script>",
      followUp: "open",
      due: "2026-01-05",
      revision: "0",
    };
    const saved = await desk.auditor.submit(cases[0]!, finding);
    assert.match(saved.headers.get("location") ?? "", new RegExp(`^${path}#case-`));
    await desk.auditor.submit(cases[1]!, { finding: "in-order", note: "", followUp: "", due: "", revision: "0" });
    const sheet = await (await desk.supervisor.get(`${path}/sheet`)).text();
    assert.match(sheet, /suspected fraud<\/th><td>1<\/td><td>0<\/td><td>1<\/td>/);
    assert.match(sheet, /not judged yet<\/th><td><\/td><td><\/td><td>3<\/td>/);
    assert.match(sheet, /to be done 1 \(of them overdue 1\)/);
    assert.ok(sheet.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert.equal(sheet.includes("<script>alert"), false);
    assert.match(await (await desk.auditor.get(path)).text(), /overdue<\/span>/);
  });

  it("keep everything that was typed when something is refused", async () => {
    const refused = await desk.auditor.submit("/police/audit", { ...form, to: "2026-10-01", seed: "kept-seed" });
    assert.equal(refused.status, 422);
    const html = await refused.text();
    assert.match(html, /value="kept-seed"/);
    assert.match(html, /The last day is before the first/);
    const none = await desk.auditor.submit("/police/audit", { ...form, from: "2020-01-01", to: "2020-01-02" });
    assert.match(await none.text(), /no cases of this period/);
    const drawn = await draw({ seed: "typed" });
    const path = `/police/audit/${drawn.id}/cases/${drawn.cases[0]!.accidentId}`;
    const typed = { finding: "form", note: "first\n words", followUp: "open", due: "", revision: "0" };
    const undated = await desk.auditor.submit(path, typed);
    assert.equal(undated.status, 422);
    const again = await undated.text();
    assert.match(again, /first\n words<\/textarea>/);
    assert.match(again, /value="form" checked/);
    assert.match(again, /id="error-due"/);
    await recordFinding(app.ctx, {
      ...{ officer: people.supervisor, address: "test", draw: drawn, accidentId: drawn.cases[0]!.accidentId },
      ...{ revision: 0, finding: "in-order", note: "theirs", followUp: null },
    });
    const stale = await desk.auditor.submit(path, { ...typed, followUp: "" });
    assert.equal(stale.status, 409);
    const shown = await stale.text();
    assert.match(shown, /Somebody else has written a finding meanwhile/);
    assert.match(shown, /first\n words<\/textarea>/);
    assert.match(shown, /theirs<\/blockquote>/);
  });

  it("show of a case from which somebody is recused that it was drawn, and nothing else", async () => {
    const drawn = await draw({ seed: "withheld" });
    const [id, other] = drawn.cases.map(({ accidentId }) => accidentId);
    const { number } = await app.ctx.accidents.get(id!);
    await recordFinding(app.ctx, {
      ...{ officer: people.supervisor, address: "test", draw: drawn, accidentId: id! },
      ...{ revision: 0, finding: "suspected-fraud", note: "withheld note", followUp: null },
    });
    const away = await signedInOfficer(app, { number: "P-away", role: "auditor" });
    assert.equal((await away.submit(`/police/cases/${id}/recuse`, {}, "/police/queue")).status, 303);
    for (const path of ["", "/sheet"]) {
      const html = await (await away.get(`/police/audit/${drawn.id}${path}`)).text();
      for (const hidden of [number, "withheld note", `/cases/${id}`])
        assert.equal(html.includes(hidden), false, hidden);
    }
    const html = await (await away.get(`/police/audit/${drawn.id}`)).text();
    assert.ok(html.includes("(not yours to read)") && html.includes(`/cases/${other}`));
  });

  it("are no page for an officer, nor a draw of another district for a supervisor", async () => {
    const drawn = await draw();
    for (const path of ["", `/${drawn.id}`, `/${drawn.id}/sheet`, `/${drawn.id}/cases/${drawn.cases[0]!.accidentId}`])
      assert.equal((await desk.officer.get(`/police/audit${path}`)).status, 404, path);
    const led = await signedInOfficer(app, { number: "P-led", role: "supervisor", district: "310101" });
    assert.equal((await led.get(`/police/audit/${drawn.id}`)).status, 404);
    assert.equal((await led.get(`/police/audit/${drawn.id}/sheet`)).status, 404);
    const list = await (await led.get("/police/audit")).text();
    assert.equal(list.includes(drawn.id), false);
    assert.equal((await desk.auditor.get(`/police/audit/${drawn.id}/cases/case-900`)).status, 404);
  });
});
