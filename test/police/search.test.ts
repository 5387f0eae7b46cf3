import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mongoose, { type Connection } from "mongoose";
import { endAccident } from "../../src/actions/end-accident.ts";
import { type Accident, type Letter, NO_SCENE } from "../../src/domain/accident.ts";
import { cellOf, FLAGS, type Flag, type Sought, searchKeys } from "../../src/domain/case-facets.ts";
import { newParty, withParty } from "../../src/domain/party.ts";
import { isStored } from "../../src/domain/photo.ts";
import type { Span } from "../../src/store/case-listing.ts";
import { admitted } from "../support/admitted.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { type AccidentDraft, concludedAccident } from "../support/concluded-accident.ts";
import { closeDatabase } from "../support/database.ts";
import { type DeskClient, signedInOfficer } from "../support/desk-client.ts";
import { DETAILS } from "../support/drivers.ts";

let app: TestApp;
let connection: Connection;
let city: DeskClient;
before(async () => {
  app = await startApp();
  connection = await mongoose.createConnection(app.databaseUri).asPromise();
  city = await signedInOfficer(app, { number: "P-city", role: "officer" });
});
after(async () => {
  await connection.close();
  await app.stop();
  await closeDatabase();
});

let made = 0;
/** A settled case, opened a minute after the one before; `change` makes another of it. */
async function settled(change: (draft: AccidentDraft) => Partial<AccidentDraft> = () => ({})): Promise<Accident> {
  made++;
  const at = new Date(Date.UTC(2026, 10, 2) + made * 60_000);
  const draft = concludedAccident({ id: `case-${made}`, number: `KC20261102-${String(made).padStart(6, "0")}`, at });
  return app.ctx.accidents.create({ ...draft, ...change(draft) }, []);
}

const withFinding = (code: "same-picture" | "taken-earlier" | "screenshot") => (draft: AccidentDraft) => ({
  photos: draft.photos.map((photo, at) =>
    at === 0 && isStored(photo) ? { ...photo, findings: [{ code, level: "warns" as const }] } : photo,
  ),
});
const at = (lat: number, lng: number) => (draft: AccidentDraft) => ({
  scene: {
    ...NO_SCENE,
    ...draft.scene,
    positions: { A: { lat, lng, crs: "GCJ-02" as const, accuracyM: 5, label: null }, B: null },
  },
});

async function all(sought: Sought, span: Span = {}, limit = 2): Promise<string[]> {
  const ids: string[] = [];
  for (let after = span.after; ; ) {
    const page = await app.ctx.accidents.search(sought, { ...span, after }, limit);
    ids.push(...page.accidents.map(({ id }) => id));
    if (!page.next) return ids;
    after = page.next;
  }
}

describe("cases", () => {
  it("are found by place, state, flag and each combination, the newest first, page by page", async () => {
    const [bund, hongqiao] = [at(31.2401, 121.4901), at(31.1941, 121.3361)];
    const plain = [await settled(bund), await settled(bund), await settled(bund)];
    const flagged = await settled((draft) => ({ ...bund(draft), ...withFinding("screenshot")(draft) }));
    const elsewhere = await settled(hongqiao);
    const cell = cellOf({ lat: 31.2401, lng: 121.4901 });
    const there = [flagged, ...plain.toReversed()].map(({ id }) => id);
    assert.deepEqual(await all({ cell }), there);
    assert.deepEqual(await all({ cell, state: "settled" }), there);
    assert.deepEqual(await all({ cell, flag: "screenshot" }), [flagged.id]);
    assert.deepEqual(await all({ flag: "screenshot", state: "settled" }), [flagged.id]);
    assert.deepEqual(await all({ cell, flag: "same-picture" }), []);
    assert.deepEqual(await all({ state: "running" }), []);
    assert.deepEqual(await all({}), [elsewhere.id, ...there]);
    const [first, last] = [plain[1]!.openedAt, flagged.openedAt];
    assert.deepEqual(await all({}, { from: first, to: last }), [plain[2]!.id, plain[1]!.id]);
  });

  it("are found by both drivers' names, whole, and no more by one that was corrected", async () => {
    const one = await settled();
    const rename = (letter: Letter, name: string) =>
      app.ctx.accidents.change(one.id, (accident) => ({
        accident: withParty(accident, letter, { details: { ...DETAILS[letter], name } }),
        events: [],
      }));
    await rename("A", "欧阳若曦");
    assert.deepEqual(await all({ name: "欧阳若曦" }), [one.id]);
    assert.deepEqual(await all({ name: "欧阳" }), []);
    await rename("A", "欧阳若希");
    assert.deepEqual(await all({ name: "欧阳若曦" }), []);
    assert.deepEqual(await all({ name: "欧阳若希" }), [one.id]);
  });

  it("change their state with every write, and what they were listed under before is removed", async () => {
    const person = await admitted(app.ctx.people, "o_runs");
    const opened = await app.ctx.accidents.create(
      {
        ...{ id: "runs", number: "KC20261103-000001", openedAt: new Date(Date.UTC(2026, 10, 3)), scene: NO_SCENE },
        parties: { A: newParty(person, "1", app.clock.now()), B: null },
        ...{ photos: [], photoTries: {}, invitation: null, movedAt: null, concludedAt: null },
        ...{ documents: null, claims: [], ended: null, dispute: null, recused: [], district: null },
      },
      [],
    );
    assert.deepEqual(await all({ state: "running" }), ["runs"]);
    await endAccident(app.ctx, { accidentId: opened.id, letter: "A", code: "withdrawn" });
    assert.deepEqual(await all({ state: "running" }), []);
    assert.deepEqual(await all({ state: "ended" }), ["runs"]);
    const rows = await connection
      .collection("lookups")
      .find({ accidentId: "runs", since: { $gt: 0 } })
      .toArray();
    const { catalogue } = app.ctx.config.rules;
    assert.equal(rows.length, searchKeys(await app.ctx.accidents.get("runs"), catalogue).length);
  });

  it("are not invented by rows of a write that failed, nor found once erased", async () => {
    const one = await settled(withFinding("same-picture"));
    const rows = await connection
      .collection<{ _id: string }>("lookups")
      .find({ accidentId: one.id, since: 1 })
      .toArray();
    const wrong = rows.map((row) => ({
      ...row,
      _id: row._id.replace(`/${one.id}/`, "/never-written/"),
      accidentId: "never-written",
    }));
    await connection.collection("lookups").insertMany(wrong as never);
    const again = rows.map((row) => ({ ...row, _id: row._id.replace(/1$/, "9"), since: 9 }));
    await connection.collection("lookups").insertMany(again as never);
    assert.deepEqual(await all({ flag: "same-picture" }), [one.id]);
    await app.ctx.retention.erase(one.id);
    assert.deepEqual(await all({ flag: "same-picture" }), []);
    assert.equal(await connection.collection("lookups").countDocuments({ accidentId: one.id }), 0);
  });

  it("leave nothing readable of places and names in what they are found by", async () => {
    const one = await settled(at(31.2, 121.4));
    const rows = JSON.stringify(await connection.collection("lookups").find({ accidentId: one.id }).toArray());
    for (const secret of ["张三", "李四", cellOf({ lat: 31.2, lng: 121.4 }), "settled"])
      assert.equal(rows.includes(secret), false, secret);
  });
});

describe("the search page", () => {
  const page = async (query: Record<string, string>, who = city) => {
    const answer = await who.get(`/police/search?${new URLSearchParams(query)}`);
    assert.equal(answer.status, 200);
    return answer.text();
  };
  const casesIn = (html: string) => [...html.matchAll(/href="\/police\/cases\/([\w-]+)"/g)].map(([, id]) => id);

  it("finds by name, state, flag, cell, point and day, and shows state and flags", async () => {
    const one = await settled((draft) => ({ ...at(31.1, 121.1)(draft), ...withFinding("taken-earlier")(draft) }));
    const html = await page({ flag: "taken-otherwise" satisfies Flag });
    assert.deepEqual(casesIn(html), [one.id]);
    assert.match(html, /taken elsewhere or at another time<\/span>/);
    assert.deepEqual(casesIn(await page({ cell: "31.1, 121.1" })), [one.id]);
    assert.deepEqual(casesIn(await page({ cell: cellOf({ lat: 31.1, lng: 121.1 }), state: "settled" })), [one.id]);
    assert.deepEqual(casesIn(await page({ cell: "31.1, 121.1", state: "ended" })), []);
    assert.ok(casesIn(await page({ q: " 张 三 " })).includes(one.id));
    assert.deepEqual(casesIn(await page({ q: "张三", flag: "taken-otherwise" })), [one.id]);
    assert.deepEqual(casesIn(await page({ q: one.number, from: "2026-11-02", to: "2026-11-02" })), [one.id]);
    assert.deepEqual(casesIn(await page({ q: one.number, from: "2026-11-03" })), []);
  });

  it("leads on to earlier cases with everything that was asked for", async () => {
    for (let i = 0; i < 30; i++) await settled(at(30.9, 121.9));
    const first = await page({ cell: "30.9, 121.9", state: "settled" });
    assert.equal(casesIn(first).length, 25);
    const next = /href="(\/police\/search\?[^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
    assert.match(next, /state=settled/);
    const second = await (await city.get(next)).text();
    assert.equal(casesIn(second).length, 5);
    assert.equal(
      casesIn(second).some((id) => casesIn(first).includes(id)),
      false,
    );
  });

  it("is posted, and leads to an address that names nobody and opens for this account alone", async () => {
    const one = await settled(at(30.3, 121.3));
    const search = (who: DeskClient, fields: Record<string, string>) => who.submit("/police/search", fields);
    const sent = await search(city, { q: "张三", cell: "30.3, 121.3", flag: "" });
    const to = sent.headers.get("location") ?? "";
    assert.match(to, /^\/police\/search\?s=[\w-]+&cell=30\.3%2C\+121\.3$/);
    const html = await (await city.get(to)).text();
    assert.deepEqual(casesIn(html), [one.id]);
    assert.match(html, /name="q"[^>]* value="张三"/);
    const other = await signedInOfficer(app, { number: "P-second", role: "officer" });
    for (const path of [to, to.replace(/s=.../, "s=AAA"), "/police/search?s=x"])
      assert.deepEqual(casesIn(await (await other.get(path)).text()), [], path);
    const wrong = await search(city, { q: "张三", cell: "nowhere" });
    assert.equal(wrong.status, 422);
    assert.match(await wrong.text(), /name="q"[^>]* value="张三"/);
  });

  it("says what is wrong with a field, keeps what was typed, and treats script as text", async () => {
    const html = await page({
      q: "<script>alert(1)</script>",
      cell: "near the Bund",
      from: "2026-13-45",
      state: "gone",
    });
    assert.equal(html.includes("<script>alert"), false);
    assert.match(html, /near the Bund/);
    assert.match(html, /id="error-cell"/);
    assert.match(html, /id="error-from"/);
    assert.deepEqual(casesIn(html), []);
    assert.equal((await city.get("/police/search?after=../x&flag=screenshot")).status, 200);
  });

  it("writes ids into the access log and nothing that was typed", async () => {
    const one = await settled(at(30.1, 121.1));
    await page({ q: one.number });
    const [row] = await app.ctx.accessLog.list({}, 1);
    assert.deepEqual([row?.act, row?.accidentId], ["searched", one.id]);
    const rows = JSON.stringify(await app.ctx.accessLog.list({}, 500));
    for (const typed of ["张三", one.number, "30.9, 121.9"]) assert.equal(rows.includes(typed), false, typed);
  });

  it("finds for an officer of a district what that district has, and says of a number who has it", async () => {
    const led = await signedInOfficer(app, { number: "P-led", role: "officer", district: "310101" });
    const [own, other] = [
      await settled((draft) => ({ ...at(30.2, 121.2)(draft), district: "310101" })),
      await settled((draft) => ({ ...at(30.2, 121.2)(draft), district: "310115" })),
    ];
    for (const query of [{ cell: "30.2, 121.2" }, { district: "310115" }, { q: "张三" }] as Record<string, string>[])
      assert.deepEqual(casesIn(await page(query, led)), [own.id], JSON.stringify(query));
    assert.deepEqual(casesIn(await page({ cell: "30.2, 121.2" })), [other.id, own.id]);
    assert.deepEqual(casesIn(await page({ district: "310115", state: "settled" })), [other.id]);
    const elsewhere = await page({ q: other.number }, led);
    assert.deepEqual(casesIn(elsewhere), []);
    assert.match(elsewhere, /Another district has this case/);
    await app.ctx.accidents.change(own.id, (accident) => ({
      accident: { ...accident, recused: [app.ctx.officers.idOf("P-led")] },
      events: [],
    }));
    assert.deepEqual(casesIn(await page({ cell: "30.2, 121.2" }, led)), []);
  });

  it("has a word for every state and flag", () => {
    const t = app.ctx.render.words("zh");
    for (const flag of FLAGS) assert.ok(t(`police.flag.${flag}`));
  });
});
