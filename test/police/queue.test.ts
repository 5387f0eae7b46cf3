import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type Koa from "koa";
import { actOnDispute } from "../../src/actions/act-on-dispute.ts";
import { IDLE_MS } from "../../src/domain/officer.ts";
import { queueShown } from "../../src/police/queue.ts";
import type { Wanted } from "../../src/store/disputes.ts";
import type { Pair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { type DeskClient, signedInOfficer } from "../support/desk-client.ts";
import { appliedPair, guidedPair } from "./disputed.ts";

let app: TestApp;
let guided: Pair;
let applied: Pair;
let officer: DeskClient;
let second: DeskClient;
let auxiliary: DeskClient;
let supervisor: DeskClient;
before(async () => {
  app = await startApp();
  officer = await signedInOfficer(app, { number: "P-1", role: "officer" });
  second = await signedInOfficer(app, { number: "P-2", role: "officer" });
  auxiliary = await signedInOfficer(app, { number: "P-3", role: "auxiliary" });
  supervisor = await signedInOfficer(app, { number: "P-4", role: "supervisor" });
  applied = await appliedPair(app);
  guided = await guidedPair(app);
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const htmlOf = async (client: DeskClient, path: string): Promise<string> => {
  const answer = await client.get(path);
  assert.equal(answer.status, 200, path);
  return answer.text();
};
const caseUrl = ({ id }: Pair) => `/police/cases/${id}`;
const act = (client: DeskClient, pair: Pair, path: string, fields: Record<string, string> = {}) =>
  client.submit(`${caseUrl(pair)}/${path}`, fields, "/police/queue");

describe("the queue", () => {
  it("has guidance before applications, who may take what, and what each driver says", async () => {
    const html = await htmlOf(officer, "/police/queue");
    assert.ok(html.indexOf(caseUrl(guided)) > 0 && html.indexOf(caseUrl(guided)) < html.indexOf(caseUrl(applied)));
    assert.match(html, /data-waiting="2"/);
    assert.match(html, /Rear-ended the car in front/);
    for (const kind of ["guidance", "application"]) assert.ok(html.includes(`/${kind}/take"`), kind);
    const theirs = await htmlOf(auxiliary, "/police/queue");
    assert.ok(theirs.includes("/guidance/take") && !theirs.includes("/application/take"));
  });

  it("turns orange and red by the minutes of its kind", async () => {
    app.clock.advance(3 * 60_000);
    const levels = async () =>
      [...(await htmlOf(officer, "/police/queue/rows")).matchAll(/data-level="(\w*)"/g)].map(([, level]) => level);
    assert.deepEqual(await levels(), ["late", ""]);
    app.clock.advance(8 * 60_000);
    assert.deepEqual(await levels(), ["over", "late"]);
  });

  it("says where a list is cut", async () => {
    const { ctx } = app;
    const account = await ctx.officers.find(ctx.officers.idOf(officer.number));
    const koa = { state: { deskUntil: app.clock.now() } } as unknown as Koa.Context;
    const request = { ctx, koa, officer: account!, t: ctx.render.words("en"), language: "en" as const };
    const extra = await appliedPair(app);
    for (const [most, rows, isCut] of [
      [2, 2, false],
      [1, 1, true],
    ] as const) {
      const shown = await queueShown(request, most);
      const html = ctx.render.page("police/queue-rows.njk", "en", { ...shown, may: () => true, csrf: "" });
      assert.equal(html.split("application/take").length - 1, rows);
      assert.equal(html.includes(`the ${most} longest waiting are shown`), isCut);
    }
    await actOnDispute(ctx, extra.id, { type: "withdraw-application", by: "A" });
  });

  it("is of the own district; the city's leader sees all", async () => {
    const elsewhere = await signedInOfficer(app, { number: "P-5", role: "officer", district: "310115" });
    const html = await htmlOf(elsewhere, "/police/queue");
    assert.equal(html.includes("/police/cases/"), false);
    for (const path of ["", "/application/take"])
      assert.equal((await elsewhere.get(`${caseUrl(applied)}${path}`)).status, 404);
    assert.equal((await act(elsewhere, applied, "application/take")).status, 404);
    assert.ok((await htmlOf(supervisor, "/police/queue")).includes(caseUrl(applied)));
  });

  it("tells an open page of what is new, and an open page keeps nobody signed in", async () => {
    const stream = await officer.get("/police/queue/stream");
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    const heard = async (times: number) => {
      for (let text = ""; text.split("event: changed").length <= times; ) {
        const { value, done } = await reader.read();
        assert.equal(done, false);
        text += value;
      }
    };
    await heard(1);
    const extra = await guidedPair(app);
    await heard(1);
    await reader.cancel();
    await actOnDispute(app.ctx, extra.id, { type: "withdraw-guidance", by: "B" });
    const idle = await signedInOfficer(app, { number: "P-6", role: "officer" });
    for (let passed = 0; passed < IDLE_MS; passed += IDLE_MS / 3) {
      assert.equal((await idle.get("/police/queue/rows")).status, 200);
      app.clock.advance(IDLE_MS / 3);
    }
    assert.match((await idle.get("/police/queue/rows")).headers.get("location") ?? "", /sign-in/);
    await idle.signIn();
    const leftMin = async (path: string) => {
      const until = /data-until="([^"]+)"/.exec(await (await idle.get(path)).text())?.[1] ?? "";
      return (Date.parse(until) - app.clock.now().getTime()) / 60_000;
    };
    assert.equal(await leftMin("/police/queue"), IDLE_MS / 60_000);
    app.clock.advance(IDLE_MS - 90_000);
    assert.equal(await leftMin("/police/queue/rows"), 1.5);
    assert.equal(await leftMin("/police/queue/stay"), IDLE_MS / 60_000);
    for (const client of [officer, second, auxiliary, supervisor]) await client.signIn();
    app.clock.advance(30_000);
  });
});

describe("taking a case", () => {
  it("is done once; whoever comes second is told who has it, and sees the file as it is", async () => {
    const [one, other] = await Promise.all([
      act(officer, applied, "application/take"),
      act(second, applied, "application/take"),
    ]);
    assert.deepEqual([one.status, other.status].sort(), [303, 409]);
    const late = one.status === 409 ? one : other;
    const html = await late.text();
    assert.match(html, /Officer P-[12] P-[12] · officer has this case/);
    assert.match(html, new RegExp(`<h1>${(await app.ctx.accidents.get(applied.id)).number}`));
    const { events } = await app.ctx.accidents.get(applied.id);
    assert.equal(events.filter(({ type }) => type === "application-taken").length, 1);
    if (one.status === 409) [officer, second] = [second, officer];
  });

  it("puts it at the top of one's own queue, with the acts that are then possible", async () => {
    assert.match(await htmlOf(officer, "/police/queue"), /In my hands <span class="desk-soft">1/);
    const file = await htmlOf(officer, caseUrl(applied));
    for (const path of ["evidence", "return", "send", "refuse", "application/release"])
      assert.ok(file.includes(`${caseUrl(applied)}/${path}"`), path);
    const [first, last] = ["determine", "application/release"].map((path) =>
      file.indexOf(`${caseUrl(applied)}/${path}"`),
    );
    assert.ok(first! > 0 && first! < last!, "what the case was taken for comes first in the bar");
    for (const path of ["application/take", "application/reassign", "recuse"])
      assert.equal(file.includes(`${caseUrl(applied)}/${path}"`), false, path);
    const others = await htmlOf(second, caseUrl(applied));
    assert.equal(others.includes(`${caseUrl(applied)}/return"`), false);
    assert.ok((await htmlOf(supervisor, caseUrl(applied))).includes("application/reassign"));
  });

  it("leaves its place in the queue to the next, whatever is in hand before it", async () => {
    const next = await appliedPair(app);
    const listed = async (wanted: Wanted) =>
      (await app.ctx.disputes.list({ kind: "application", ...wanted }, 1)).map(({ id }) => id);
    const [mine, other] = [officer, second].map(({ number }) => app.ctx.officers.idOf(number));
    assert.deepEqual(await listed({}), [applied.id]);
    assert.deepEqual(await listed({ officerId: null }), [next.id]);
    assert.deepEqual(await listed({ officerId: mine }), [applied.id]);
    assert.deepEqual([await listed({ othersThan: other }), await listed({ othersThan: mine })], [[applied.id], []]);
    const html = await htmlOf(second, "/police/queue");
    assert.ok(html.indexOf(caseUrl(next)) > 0 && html.indexOf(caseUrl(next)) < html.indexOf(caseUrl(applied)));
    await actOnDispute(app.ctx, next.id, { type: "withdraw-application", by: "A" });
  });

  it("a stale page's act changes nothing", async () => {
    const before = await app.ctx.accidents.get(applied.id);
    const again = await act(officer, applied, "application/take");
    assert.equal(again.status, 409);
    assert.match(await again.text(), /nothing was changed/);
    assert.equal((await app.ctx.accidents.get(applied.id)).version, before.version);
  });
});

describe("an act of whoever has a case", () => {
  it("asks a driver for evidence; what is wrong is said at its field, and what was typed stays", async () => {
    const fields = { to: "A", what: "picture", text: "<script>alert(1)</script> 请补拍", until: "2020-01-01T10:00" };
    const wrong = await act(officer, applied, "evidence", fields);
    assert.equal(wrong.status, 422);
    const html = await wrong.text();
    assert.match(html, /The time must lie ahead/);
    assert.ok(html.includes("&lt;script&gt;alert(1)&lt;/script&gt; 请补拍") && !html.includes("<script>alert"));
    for (const [field, value] of [
      ["to", "C"],
      ["what", "blood"],
      ["text", ""],
      ["until", "tomorrow"],
    ] as const)
      assert.equal((await act(officer, applied, "evidence", { ...fields, [field]: value })).status, 422, field);
    const right = await act(officer, applied, "evidence", { ...fields, until: "2099-01-01T10:00" });
    assert.equal(right.headers.get("location"), caseUrl(applied));
    const [application] = (await app.ctx.accidents.get(applied.id)).dispute?.applications ?? [];
    assert.equal(application?.requests[0]?.until.toISOString(), "2099-01-01T02:00:00.000Z");
    assert.ok((await htmlOf(officer, caseUrl(applied))).includes("&lt;script&gt;alert(1)"));
  });

  it("puts it back; a supervisor puts another's back", async () => {
    assert.equal((await act(officer, applied, "application/release")).status, 303);
    assert.equal((await act(second, applied, "application/take")).status, 303);
    const late = await act(officer, applied, "return", { reason: "not-enough", text: "照片不足以认定" });
    assert.equal(late.status, 409);
    assert.match(await late.text(), /What you had typed \(not sent\).*照片不足以认定/);
    assert.equal((await act(officer, applied, "application/reassign")).status, 404);
    assert.equal((await act(supervisor, applied, "application/reassign")).status, 303);
    assert.equal((await app.ctx.accidents.get(applied.id)).dispute?.applications[0]?.handler, null);
  });

  it("sends an officer, returns it, or ends what is not for here", async () => {
    const [sent, returned, refused] = [await appliedPair(app), await appliedPair(app), await appliedPair(app)];
    for (const pair of [sent, returned, refused]) await act(officer, pair, "application/take");
    assert.equal((await act(officer, sent, "send", { controlRoomNumber: "!" })).status, 422);
    assert.equal((await act(officer, sent, "send", { controlRoomNumber: "20261123-0042" })).status, 303);
    assert.equal((await app.ctx.accidents.get(sent.id)).ended?.code, "on-the-spot");
    const reason = { reason: "not-enough", text: "照片不足以认定" };
    assert.equal((await act(officer, returned, "return", { ...reason, reason: "not-taken" })).status, 422);
    assert.equal((await act(officer, returned, "return", reason)).status, 303);
    assert.equal((await app.ctx.accidents.get(returned.id)).dispute?.applications[0]?.state, "returned");
    assert.equal((await act(officer, refused, "refuse", { code: "withdrawn" })).status, 422);
    assert.equal((await act(officer, refused, "refuse", { code: "hold-scene" })).status, 303);
    assert.equal((await app.ctx.accidents.get(refused.id)).ended?.code, "hold-scene");
  });

  it("an officer who is recused does not see the case any more", async () => {
    assert.equal((await act(second, applied, "recuse")).headers.get("location"), "/police/queue");
    assert.equal((await htmlOf(second, "/police/queue")).includes(caseUrl(applied)), false);
    assert.equal((await second.get(caseUrl(applied))).status, 404);
    assert.equal((await act(second, applied, "application/take")).status, 404);
    assert.equal((await second.get(`${caseUrl(applied)}/agreement.pdf`)).status, 404);
  });

  it("a supervisor recuses another, whose case goes back into the queue", async () => {
    const pair = await appliedPair(app);
    await act(officer, pair, "application/take");
    const who = { officer: officer.number, recusal: "asked-by-party" };
    assert.equal((await act(second, pair, "recuse-officer", who)).status, 404);
    for (const wrong of [{ officer: "P-404" }, { officer: "P-4" }, { recusal: "whim" }])
      assert.equal((await act(supervisor, pair, "recuse-officer", { ...who, ...wrong })).status, 422);
    assert.equal((await act(supervisor, pair, "recuse-officer", who)).status, 303);
    const { recused, dispute, events } = await app.ctx.accidents.get(pair.id);
    const id = app.ctx.officers.idOf(officer.number);
    assert.deepEqual([recused, dispute?.applications[0]?.state], [[id], "applied"]);
    assert.deepEqual(events.at(-1)?.data, { officer: id, reason: "asked-by-party" });
    assert.match(await htmlOf(supervisor, caseUrl(pair)), new RegExp(`officer recused Officer ${officer.number}`));
    assert.equal((await officer.get(caseUrl(pair))).status, 404);
    // the other cases of the same plates
    assert.equal((await htmlOf(officer, caseUrl(guided))).includes(caseUrl(pair)), false);
    assert.ok((await htmlOf(second, caseUrl(guided))).includes(caseUrl(pair)));
  });

  it("is a row of the access log, whose chain is whole", async () => {
    const rows = await app.ctx.accessLog.list({ accidentId: applied.id }, 200);
    const acts = new Set(rows.map(({ act: done }) => done));
    for (const done of ["took-case", "asked-evidence", "released-case", "recused-self", "refused-case"] as const)
      assert.ok(acts.has(done), done);
    assert.equal((await app.ctx.accessLog.verify()).broken, null);
  });
});

describe("guidance", () => {
  it("reaches each driver in the own language, from a text to start from, or is a note of a call", async () => {
    const pair = await guidedPair(app, { language: { A: "zh", B: "en" } });
    assert.match(await htmlOf(auxiliary, `${caseUrl(pair)}/guide`), /Not now/);
    await act(auxiliary, pair, "guidance/take");
    const start = await htmlOf(auxiliary, `${caseUrl(pair)}/guide?situation=rear-end`);
    assert.match(start, /安全距离/);
    assert.equal((await act(auxiliary, pair, "guide", { how: "message", text: "嗯" })).status, 422);
    const said = { how: "message", text: "请查看行车记录仪。", textEn: "Look at your recordings." };
    assert.equal((await act(auxiliary, pair, "guide", said)).headers.get("location"), caseUrl(pair));
    const { dispute } = await app.ctx.accidents.get(pair.id);
    assert.deepEqual(
      { text: dispute?.guidance[0]?.given?.text, textEn: dispute?.guidance[0]?.given?.textEn },
      { text: said.text, textEn: said.textEn },
    );
    const { ctx } = app;
    const entries =
      (await ctx.accidents.listOutbox(100)).find(({ accidentId }) => accidentId === pair.id)?.entries ?? [];
    const bodies = await Promise.all(entries.map(({ id, sealed }) => ctx.accidents.openBody(pair.id, id, sealed)));
    const notices = bodies.map((body) => JSON.parse(body)).filter(({ code }) => code === "guidance-given");
    assert.deepEqual(
      notices.map(({ params }) => params.text),
      [said.text, said.textEn],
    );
    const late = await act(auxiliary, pair, "guide", said);
    assert.equal(late.status, 409);
    const html = await late.text();
    for (const words of [said.text, said.textEn]) assert.ok(html.includes(words), "what was typed is not lost");
  });
});
