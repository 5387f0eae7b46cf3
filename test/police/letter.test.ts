import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { actOnDispute } from "../../src/actions/act-on-dispute.ts";
import { actOnLetter } from "../../src/actions/act-on-letter.ts";
import { endAccident } from "../../src/actions/end-accident.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { REASONS } from "../../src/domain/access.ts";
import { caseFileOf } from "../../src/domain/case-file.ts";
import { resumptionOf } from "../../src/domain/resumption.ts";
import { dayInChina } from "../../src/domain/working-days.ts";
import { handlersOf } from "../../src/police/case-file.ts";
import { officerNames } from "../../src/police/officer-names.ts";
import { disputeLines, historyLines, partyLines } from "../../src/police/print-lines.ts";
import { ACTS, type Pair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { type DeskClient, signedInOfficer } from "../support/desk-client.ts";
import { DETAILS } from "../support/drivers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { appliedPair, disputedPair, guidedPair } from "./disputed.ts";

let app: TestApp;
let officer: DeskClient;
let supervisor: DeskClient;
let auditor: DeskClient;
before(async () => {
  app = await startApp();
  officer = await signedInOfficer(app, { number: "L-1", role: "officer" });
  supervisor = await signedInOfficer(app, { number: "L-2", role: "supervisor" });
  auditor = await signedInOfficer(app, { number: "L-3", role: "auditor" });
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const DRAFT = {
  facts: "甲车沿延安东路由西向东行驶，与前方等候信号灯的乙车尾部相撞。<script>alert(1)</script>",
  causes: "甲车未与前车保持足以采取紧急制动措施的安全距离。",
  articles: "《道路交通安全法》第四十三条",
  evidence: "1",
  degrees: "primary-secondary",
};
type Draft = Record<string, string>;
const DAY_MS = 24 * 3600_000;

const url = ({ id }: Pair) => `/police/cases/${id}`;
const post = (client: DeskClient, pair: Pair, path: string, fields: Draft) =>
  client.submit(`${url(pair)}/${path}`, fields, "/police/queue");
const seenOf = (html: string) => /name="seen" value="([^"]*)"/.exec(html)?.[1] ?? "";

async function inHand(): Promise<Pair> {
  const pair = await appliedPair(app, { real: true });
  assert.equal((await post(officer, pair, "application/take", {})).status, 303);
  return pair;
}

/** Previews, then issues what was seen. */
async function issue(client: DeskClient, pair: Pair, path: string, draft: Draft): Promise<Response> {
  const preview = await post(client, pair, path, { ...draft, step: "preview" });
  assert.equal(preview.status, 200);
  const seen = seenOf(await preview.text());
  assert.notEqual(seen, "");
  return post(client, pair, path, { ...draft, seen, step: "issue" });
}

const officerId = (number: string) => app.ctx.officers.idOf(number);
const lettersOf = async ({ id }: Pair) => (await app.ctx.accidents.get(id)).dispute?.determinations ?? [];

describe("determining", () => {
  it("begins with nothing chosen, and suggests the articles of what the drivers say", async () => {
    const pair = await inHand();
    const html = await (await officer.get(`${url(pair)}/determine`)).text();
    assert.match(html, /value="《道路交通安全法》第四十三条"/);
    assert.doesNotMatch(html, / checked/);
    assert.match(html, /Party A says<\/dt><dd>.*other: .+The rule, by this: party A none, party B full/);
    assert.doesNotMatch(html, /value="issue"/);
    assert.ok(html.includes(DETAILS.A.name), "the letter names the parties in full");
    const [row] = await app.ctx.accessLog.list({ accidentId: pair.id }, 1);
    assert.deepEqual([row?.act, row?.reason], ["showed-data", "decide"]);
  });

  it("is refused with the field's name, and keeps everything that was typed", async () => {
    const pair = await inHand();
    const cases: [Draft, RegExp][] = [
      [{ facts: "" }, /State the facts/],
      [{ causes: "雨" }, /State the causes/],
      [{ articles: "" }, /Name at least one article/],
      [{ more: "article 43" }, /Write an article as/],
      [{ evidence: "" }, /Choose at least one picture/],
      [{ evidence: "9" }, /no picture of that number/],
      [{ degrees: "full-full" }, /The two can bear/],
      [{ degrees: "" }, /The two can bear/],
      [{ facts: `${DRAFT.facts}\u0007` }, /control characters/],
    ];
    for (const [wrong, sentence] of cases) {
      for (const step of ["preview", "issue"]) {
        const draft: Draft = { ...DRAFT, ...wrong, step, seen: "x" };
        const fields = Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== ""));
        const answer = await post(officer, pair, "determine", fields);
        const html = await answer.text();
        assert.equal(answer.status, 422, JSON.stringify(wrong));
        assert.match(html, sentence);
        if (!("causes" in wrong)) assert.ok(html.includes(DRAFT.causes));
        if (!("articles" in wrong)) assert.match(html, /value="《道路交通安全法》第四十三条" checked/);
        assert.equal(html.includes("<script>alert"), false);
      }
    }
    assert.deepEqual(await lettersOf(pair), []);
  });

  it("issues only what was seen", async () => {
    const pair = await inHand();
    const preview = await post(officer, pair, "determine", { ...DRAFT, step: "preview" });
    const seen = seenOf(await preview.text());
    const changed = await post(officer, pair, "determine", { ...DRAFT, degrees: "full-none", seen, step: "issue" });
    assert.equal(changed.status, 409);
    assert.match(await changed.text(), /Something was changed/);
    assert.deepEqual(await lettersOf(pair), []);
    const issued = await issue(officer, pair, "determine", DRAFT);
    assert.equal(issued.headers.get("location"), url(pair));
    const [letter] = await lettersOf(pair);
    assert.deepEqual(
      [letter?.content.parties.A.degree, letter?.content.parties.B.degree, letter?.content.facts],
      ["primary", "secondary", DRAFT.facts],
    );
    const pdf = Buffer.from(await (await auditor.get(`${url(pair)}/letters/1?reason=audit`)).arrayBuffer());
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.ok((letter?.pngSha256.length ?? 0) > 0);
    const file = await (await officer.get(url(pair))).text();
    assert.ok(file.includes(`${url(pair)}/letters/1?reason=decide"`), "the reason that the officer has given");
    for (const step of ["preview", "issue"])
      assert.equal((await post(officer, pair, "determine", { ...DRAFT, seen, step })).status, 409);
    assert.equal((await lettersOf(pair)).length, 1);
  });

  it("issues only what is still so: after a driver's change the officer looks again, the text stays", async () => {
    const pair = await inHand();
    const preview = await post(officer, pair, "determine", { ...DRAFT, step: "preview" });
    const seen = seenOf(await preview.text());
    await giveDetails(app.ctx, { accidentId: pair.id, letter: "B", details: { ...DETAILS.B, name: "欧阳改名" } });
    const changed = await post(officer, pair, "determine", { ...DRAFT, seen, step: "issue" });
    const html = await changed.text();
    assert.equal(changed.status, 409);
    assert.ok(html.includes("欧阳改名") && html.includes(DRAFT.causes));
    assert.deepEqual(await lettersOf(pair), []);
    const issued = await post(officer, pair, "determine", { ...DRAFT, seen: seenOf(html), step: "issue" });
    assert.equal(issued.status, 303);
    assert.equal((await lettersOf(pair))[0]?.content.parties.B.name, "欧阳改名");
  });

  it("shows both parties' data to nobody who cannot issue the letter now, and writes each look down", async () => {
    const pair = await appliedPair(app, { real: true });
    const acts = async () =>
      (await app.ctx.accessLog.list({ accidentId: pair.id, officerIds: [officerId("L-1")] }, 20)).map(({ act }) => act);
    for (const [client, mode] of [
      [officer, "determine"],
      [supervisor, "replace"],
    ] as const) {
      const page = await client.get(`${url(pair)}/${mode}`);
      const html = await page.text();
      assert.equal(page.status, 200);
      assert.ok(html.includes("desk-note") && !html.includes(DETAILS.A.name));
      assert.ok(!html.includes("data-letter-form"), "no form is filled in for nothing");
      const part = await post(client, pair, `${mode}/letter`, {});
      assert.deepEqual([part.status, (await part.text()).includes(DETAILS.A.name)], [409, false]);
    }
    assert.deepEqual(await acts(), ["read-case"]);
    await post(officer, pair, "application/take", {});
    for (let times = 0; times < 3; times++)
      assert.ok((await (await post(officer, pair, "determine/letter", {})).text()).includes(DETAILS.A.name));
    assert.deepEqual(await acts(), ["showed-data", "took-case", "read-case"]);
  });

  it("draws the letter while it is written, right or wrong", async () => {
    const pair = await inHand();
    const part = await post(officer, pair, "determine/letter", { facts: "甲车<b>追尾" });
    const html = await part.text();
    assert.equal(part.status, 200);
    assert.ok(html.includes("甲车&lt;b&gt;追尾") && !html.includes("<html"));
    assert.equal((await post(auditor, pair, "determine/letter", {})).status, 404);
  });

  it("ends with the drivers' agreement: after it no letter is issued, and no number stays taken", async () => {
    const pair = await inHand();
    const preview = await post(officer, pair, "determine", { ...DRAFT, step: "preview" });
    const seen = seenOf(await preview.text());
    const { impact } = ACTS.A;
    await giveStatement(app.ctx, {
      accidentId: pair.id,
      letter: "A",
      statement: { ownAct: "QS-01", otherAct: "none", impact, note: "" },
    });
    const late = await post(officer, pair, "determine", { ...DRAFT, seen, step: "issue" });
    assert.equal(late.status, 409);
    assert.ok((await late.text()).includes(DRAFT.causes), "what was typed stays");
    assert.deepEqual(await lettersOf(pair), []);
    const numbers = await app.ctx.letterNumbers.list({}, 100);
    assert.deepEqual(
      numbers.filter(({ state }) => state === "taken"),
      [],
    );
  });
});

describe("a letter that could not be made", () => {
  it("is said so above all that was typed; its number is void with the reason", async () => {
    const folder = temporaryFolder("seal");
    const [seal, settings] = [`${folder}/seal.png`, `${folder}/settings.yaml`];
    // begins as a PNG and is none
    await writeFile(seal, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4]));
    await writeFile(settings, `police:\n  authority:\n    seal: ${seal}\n`);
    const whole = { app, officer };
    app = await startApp({ env: { CONFIG_FILE: settings } });
    officer = await signedInOfficer(app, { number: "L-9", role: "officer" });
    const pair = await inHand();
    const answer = await issue(officer, pair, "determine", DRAFT);
    const html = await answer.text();
    assert.equal(answer.status, 502);
    assert.match(html, /nothing was issued/);
    assert.ok(html.includes(DRAFT.causes));
    const [last] = await app.ctx.letterNumbers.list({}, 1);
    assert.deepEqual([last?.accidentId, last?.state, last?.voided?.reason], [pair.id, "void", "failed"]);
    assert.match(await (await officer.get("/police/letters")).text(), /could not be made or stored/);
    assert.deepEqual(await lettersOf(pair), []);
    await app.stop();
    ({ app, officer } = whole);
  });
});

describe("a letter that was issued", () => {
  it("is withdrawn and replaced by a supervisor with a reason; both stay", async () => {
    const pair = await inHand();
    await issue(officer, pair, "determine", DRAFT);
    assert.equal((await officer.get(`${url(pair)}/replace`)).status, 404);
    const form = await (await supervisor.get(`${url(pair)}/replace`)).text();
    assert.match(form, /value="primary-secondary" checked/);
    const draft = { ...DRAFT, degrees: "full-none" };
    const bare = await post(supervisor, pair, "replace", { ...draft, step: "preview" });
    assert.match(await bare.text(), /Say why/);
    const replaced = await issue(supervisor, pair, "replace", { ...draft, reason: "责任划分有误" });
    assert.equal(replaced.status, 303);
    const [first, second] = await lettersOf(pair);
    assert.equal(first?.withdrawn?.reason, "责任划分有误");
    assert.deepEqual([second?.replaces, second?.content.parties.A.degree], [first?.number, "full"]);
    const list = await (await auditor.get("/police/letters")).text();
    assert.match(list, new RegExp(`${first?.number}</td><td><span class="desk-flag">withdrawn`));
  });

  it("is served by the desk after its time, and a review is noted once", async () => {
    const pair = await inHand();
    await issue(officer, pair, "determine", DRAFT);
    assert.equal((await post(officer, pair, "service", { party: "A" })).status, 409);
    await actOnLetter(app.ctx, pair.id, { type: "open", by: "B" });
    const [today, tomorrow] = [0, DAY_MS].map((later) => dayInChina(new Date(app.clock.now().getTime() + later)));
    const review = (fields: Draft) => post(officer, pair, "review", { party: "B", filed: today ?? "", ...fields });
    const mistakes: Draft[] = [{ party: "C" }, { filed: "" }, { filed: "2026-02-30" }, { filed: "2000-01-01" }];
    for (const wrong of mistakes) assert.equal((await review(wrong)).status, 422, JSON.stringify(wrong));
    const early = await (await review({ filed: tomorrow ?? "" })).text();
    assert.match(early, /A day from that of service to today/);
    assert.ok(early.includes(`value="${tomorrow}"`), "what was typed stays");
    assert.equal((await review({})).status, 303);
    assert.equal((await review({})).status, 409);
    const [letter] = await lettersOf(pair);
    assert.deepEqual(
      letter?.reviews.map(({ by, filedOn }) => [by, filedOn]),
      [["B", today]],
    );
    const file = await (await officer.get(url(pair))).text();
    assert.ok(file.includes(`asked for a review on ${today}`) && !file.includes("past the last day"));
  });

  it("from the spot is entered once, for a case that ended there", async () => {
    const pair = await inHand();
    const spot = { number: "沪公交认字2026第1号", degrees: "full-none" };
    assert.equal((await post(officer, pair, "spot-letter", spot)).status, 409);
    await post(officer, pair, "send", { controlRoomNumber: "20261123-0042" });
    assert.equal((await post(officer, pair, "spot-letter", { ...spot, degrees: "full-full" })).status, 422);
    assert.equal((await post(officer, pair, "spot-letter", spot)).status, 303);
    assert.equal((await post(officer, pair, "spot-letter", spot)).status, 409);
    const { dispute } = await app.ctx.accidents.get(pair.id);
    assert.deepEqual(dispute?.spotLetter?.degrees, { A: "full", B: "none" });
  });

  it("from the spot is entered for whoever called 110 or 122, and corrected by a supervisor with a reason", async () => {
    const pair = await disputedPair(app);
    await endAccident(app.ctx, { accidentId: pair.id, letter: "A", code: "dispute" });
    const spot = { number: "沪公交认字2026第9号", degrees: "none-full" };
    assert.equal((await post(officer, pair, "spot-letter", spot)).status, 303);
    const right = { number: "沪公交认字2026第8号", degrees: "full-none", why: "编号和责任录入有误" };
    assert.equal((await post(officer, pair, "spot-letter/correct", right)).status, 404);
    assert.equal((await post(supervisor, pair, "spot-letter/correct", { ...right, why: "" })).status, 422);
    assert.equal((await post(supervisor, pair, "spot-letter/correct", right)).status, 303);
    assert.equal((await post(supervisor, pair, "spot-letter/correct", right)).status, 409);
    const { dispute, events } = await app.ctx.accidents.get(pair.id);
    assert.deepEqual([dispute?.spotLetter?.number, dispute?.spotLetter?.degrees.A], [right.number, "full"]);
    assert.equal(resumptionOf(await app.ctx.accidents.get(pair.id), "A"), null);
    const [earlier] = dispute?.spotLetter?.earlier ?? [];
    assert.deepEqual([earlier?.number, earlier?.reason], [spot.number, right.why]);
    assert.equal(events.at(-1)?.type, "spot-letter-corrected");
    const file = await (await officer.get(url(pair))).text();
    assert.ok(file.includes(spot.number) && file.includes(right.why));
  });

  it("from the spot is shown to both drivers, who are told to report with it themselves: no insurer gets it", async () => {
    const pair = await inHand();
    await post(officer, pair, "send", { controlRoomNumber: "20261123-0043" });
    await post(officer, pair, "spot-letter", { number: "沪公交认字2026第2号", degrees: "primary-secondary" });
    const [a, b] = [(await pair.A.get("ended")).html, (await pair.B.get("ended")).html];
    for (const page of [a, b]) {
      assert.ok(page.includes("沪公交认字2026第2号"));
      assert.match(page, /凭认定书向保险公司报案：我们不会代为转送/);
    }
    assert.match(a, /负主要责任/);
    assert.match(b, /负次要责任/);
    assert.deepEqual((await app.ctx.accidents.get(pair.id)).claims, []);
  });
});

describe("agreement and letter as PDF", () => {
  it("open for a reason alone, which is asked for where the address has none", async () => {
    const pair = await inHand();
    await issue(officer, pair, "determine", DRAFT);
    const [letter] = await lettersOf(pair);
    const documents = { pdfSha256: letter!.pdfSha256, pngSha256: [], pictureSha256: "", renderedAt: app.clock.now() };
    await app.ctx.accidents.change(pair.id, (now) => ({ accident: { ...now, documents }, events: [] }));
    const newest = async () => {
      const [row] = await app.ctx.accessLog.list({ accidentId: pair.id, officerIds: [officerId("L-3")] }, 1);
      return [row?.act, row?.reason];
    };
    for (const [path, act] of [
      ["agreement.pdf", "read-paper"],
      ["letters/1", "read-letter"],
    ]) {
      const address = `${url(pair)}/${path}`;
      const before = await newest();
      for (const none of ["", "?reason=curious"]) {
        const refused = await auditor.get(`${address}${none}`);
        const html = await refused.text();
        assert.equal(refused.status, 422);
        const [form = ""] = new RegExp(`<form method="get" action="${address}">[\\s\\S]*?</form>`).exec(html) ?? [];
        const offered = [...form.matchAll(/<option value="([\w-]+)"/g)].map(([, reason]) => reason);
        assert.deepEqual(offered, REASONS);
        assert.match(html, /<h1>Choose a reason<\/h1>/);
      }
      assert.deepEqual(await newest(), before);
      assert.equal((await auditor.get(`${address}?reason=answer-request`)).status, 200);
      assert.deepEqual(await newest(), [act, "answer-request"]);
      const file = await (await auditor.get(url(pair))).text();
      assert.ok(file.includes(`${address}?reason=answer-request"`), "the file's link has the reason that was given");
    }
  });
});

describe("the file as a PDF", () => {
  it("says in full what the letter says, who acted, by name and office, and what came to nothing", async () => {
    const pair = await guidedPair(app, { real: true });
    const auxiliary = await signedInOfficer(app, { number: "L-4", role: "auxiliary" });
    const acts = [
      () => post(auxiliary, pair, "guidance/take", {}),
      () => post(auxiliary, pair, "guide", { how: "phone", text: "请双方再次核对陈述" }),
      () => actOnDispute(app.ctx, pair.id, { type: "propose", by: "A" }),
      () => actOnDispute(app.ctx, pair.id, { type: "refuse", by: "B" }),
      () => actOnDispute(app.ctx, pair.id, { type: "propose", by: "A" }),
      () => actOnDispute(app.ctx, pair.id, { type: "agree", by: "B" }),
      () => post(officer, pair, "application/take", {}),
      () => issue(officer, pair, "determine", DRAFT),
      () => actOnLetter(app.ctx, pair.id, { type: "open", by: "B" }),
      () => actOnLetter(app.ctx, pair.id, { type: "refuse-receipt", by: "B", forwarding: false }),
    ];
    for (const act of acts) await act();
    const accident = await app.ctx.accidents.get(pair.id);
    const zh = app.ctx.render.words("zh");
    const nameOf = await officerNames({ ctx: app.ctx, t: zh }, handlersOf(accident));
    const { calendar } = app.ctx.config.rules;
    const wording = { t: zh, nameOf, calendar };
    const text = [
      ...disputeLines(accident, wording),
      ...historyLines(accident, { config: app.ctx.config, t: zh, language: "zh" }, nameOf),
    ].join("\n");
    const { number, content } = (await lettersOf(pair))[0]!;
    const said = [number, content.facts, content.causes, DRAFT.articles, "第 1 张照片", "对方不同意", "拒绝签收"];
    for (const part of [...said, "请双方再次核对陈述", "L-4 · 辅警", "L-1 · 民警"])
      assert.ok(text.includes(part), part);
    const [letter] = accident.dispute?.determinations ?? [];
    const reviewed = (filedOn: string) => {
      const reviews = [{ by: "B" as const, at: app.clock.now(), filedOn }];
      return disputeLines({ dispute: { ...accident.dispute!, determinations: [{ ...letter!, reviews }] } }, wording);
    };
    assert.match(reviewed("2099-01-05").join("\n"), /乙方于 2099-01-05 提交复核申请.*超过复核申请期限/);
    assert.doesNotMatch(reviewed(dayInChina(app.clock.now())).join("\n"), /超过复核申请期限/);
    const { catalogue } = app.ctx.config.rules;
    const [first] = caseFileOf(accident, catalogue, true).parties;
    const party = partyLines(first!, zh, () => "某某财险").join("\n");
    for (const part of [DETAILS.A.name, DETAILS.A.plate, "某某财险", "小型汽车"]) assert.ok(party.includes(part), part);
  });

  it("has every photograph, for those who may print it, and is logged with the reason that they chose", async () => {
    const pair = await inHand();
    const file = await (await officer.get(url(pair))).text();
    const [form = ""] = /<form[^>]*print\.pdf[\s\S]*?<\/form>/.exec(file) ?? [];
    const offered = [...form.matchAll(/<option value="([\w-]+)"/g)].map(([, reason]) => reason);
    assert.deepEqual(offered, REASONS);
    for (const none of ["", "?reason=curious"]) {
      const refused = await officer.get(`${url(pair)}/print.pdf${none}`);
      assert.equal(refused.status, 422);
      assert.match(await refused.text(), /Choose a reason/);
    }
    const printed = async () =>
      (await app.ctx.accessLog.list({ accidentId: pair.id }, 100)).filter(({ act }) => act === "printed-case");
    assert.deepEqual(await printed(), []);
    for (const reason of REASONS) {
      assert.equal((await officer.get(`${url(pair)}/print.pdf?reason=${reason}`)).status, 200);
      assert.equal((await printed())[0]?.reason, reason);
    }
    const answer = await officer.get(`${url(pair)}/print.pdf?reason=audit`);
    const pdf = Buffer.from(await answer.arrayBuffer());
    assert.equal(answer.headers.get("content-type"), "application/pdf");
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.equal(pdf.toString("latin1").split("/Subtype /Image").length - 1 >= 5, true);
    const [row] = await app.ctx.accessLog.list({ accidentId: pair.id }, 1);
    assert.equal(row?.act, "printed-case");
    assert.equal((await app.ctx.accessLog.verify()).broken, null);
  });
});
