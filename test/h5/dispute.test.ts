import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { actOnLetter } from "../../src/actions/act-on-letter.ts";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { applicationState, guidanceState, letterOf } from "../../src/domain/dispute.ts";
import { addWorkingDays, REVIEW_DAYS } from "../../src/domain/working-days.ts";
import { wholeDayText } from "../../src/h5/times.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { signedInOfficer } from "../support/desk-client.ts";
import { DETAILS } from "../support/drivers.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import {
  act,
  appliedPair,
  askedPair,
  determinedPair,
  disputingPair,
  issueLetter,
  OFFICER,
  sendForm,
} from "./disputes.ts";
import { ACTS, type Driver, driverOf, errorAt, fieldValue, openPair } from "./settle-driver.ts";

let app: TestApp;
const REVIEWER = "示例市公安局交警总队";
before(async () => {
  const settings = `${temporaryFolder("authority")}/settings.yaml`;
  await writeFile(settings, `police:\n  authority:\n    reviewer: ${REVIEWER}\n`);
  app = await startApp({ env: { CONFIG_FILE: settings } });
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const plain = (html: string) => html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
const buttons = (html: string) => [...html.matchAll(/name="act" value="([\w-]+)"/g)].map(([, name]) => name);
const stateOf = async (id: string) => {
  const accident = await app.ctx.accidents.get(id);
  return { guidance: guidanceState(accident), application: applicationState(accident) };
};
const countEvents = async (id: string, type: string) =>
  (await app.ctx.accidents.get(id)).events.filter((event) => event.type === type).length;

describe("the page of a difference", () => {
  it("shows the four ways in the law's order, each with what can be done now", async () => {
    const { A } = await disputingPair(app);
    const { html } = await A.get("difference");
    const order = ["一、再沟通", "二、请交警远程指导", "三、共同申请交警在线定责", "四、报警，请交警到场"];
    const places = order.map((title) => html.indexOf(title));
    assert.ok(
      places.every((place, at) => place > (places[at - 1] ?? 0)),
      places.join(),
    );
    assert.deepEqual(buttons(html), ["ask-guidance", "propose", "stop"]);
    assert.match(html, /href="tel:122"/);
    assert.match(plain(html), /暂无交警在岗/);
  });

  it("counts who is on duty for the district, and names nobody", async () => {
    const { id, A } = await disputingPair(app, { language: { A: "en" } });
    await app.ctx.accidents.change(id, (accident) => ({ accident: { ...accident, district: "310101" }, events: [] }));
    const keeper = await signedInOfficer(app, { number: "900001", role: "keeper" });
    await signedInOfficer(app, { number: "900002", role: "officer", district: "310115" });
    assert.match(plain((await A.get("difference")).html), /Nobody is on duty/);
    await signedInOfficer(app, { number: "900003", role: "auxiliary", district: "310101" });
    await signedInOfficer(app, { number: "900004", role: "officer" });
    const { html } = await A.get("difference");
    assert.match(plain(html), /On duty at \d\d:\d\d: 2\./);
    assert.doesNotMatch(html, /Officer 9000/);
    app.clock.advance(16 * 60_000);
    await keeper.get("/police");
    assert.match(plain((await A.get("difference")).html), /Nobody is on duty/);
  });

  it("offers nothing of the police without a desk, and takes nothing", async () => {
    const without = await startApp({ env: { POLICE_DESK: "false" } });
    try {
      const { id, A } = await disputingPair(without);
      const { html } = await A.get("difference");
      assert.deepEqual(buttons(html), ["stop"]);
      assert.doesNotMatch(html, /远程指导/);
      assert.match(html, /交管12123”App 共同申请在线确定责任（以当地开通情况为准）/);
      assert.equal((await A.post("difference", { act: "propose" })).status, 422);
      assert.equal((await A.get("ways")).location, "difference");
      assert.equal((await A.post("ways", { act: "ask-guidance" })).location, "difference");
      assert.equal((await without.ctx.accidents.get(id)).dispute, null);
    } finally {
      await without.stop();
    }
  });
});

describe("guidance", () => {
  it("is asked for by one driver at any step once both are there, by one quiet link", async () => {
    const { id, A, B } = await openPair(app);
    assert.doesNotMatch((await B.get("details")).html, /\/ways"/);
    assert.match((await B.get("way-out")).html, /\/ways">协商不成/);
    const { html } = await B.get("ways");
    assert.deepEqual(buttons(html), ["ask-guidance"]);
    assert.match(plain(html), /双方都填写事故经过且不一致后，才能申请/);
    assert.equal((await B.post("ways", { act: "ask-guidance" })).location, "ways");
    assert.deepEqual(buttons((await B.get("ways")).html), ["withdraw-guidance"]);
    assert.match(plain((await A.get("ways")).html), /对方于 .* 请求远程指导/);
    assert.deepEqual(buttons((await A.get("ways")).html), []);
    assert.equal((await stateOf(id)).guidance, "asked");
  });

  it("is linked where one states, waits for the other's word, and signs", async () => {
    const { id, A, B } = await disputingPair(app);
    await app.ctx.accidents.change(id, ({ parties: { A: a, B: b }, ...rest }) => ({
      accident: { ...rest, parties: { A: a, B: b && { ...b, statement: null } } },
      events: [],
    }));
    for (const [driver, path] of [
      [B, "statement"],
      [A, "wait-statement"],
    ] as const)
      assert.equal((await driver.get(path)).html.match(/\/ways"/g)?.length, 1, path);
    await B.post("statement", ACTS.B);
    assert.equal((await A.get("sign")).html.match(/\/ways"/g)?.length, 1);
  });

  it("says who has it, what was said, also earlier, and may be asked for again", async () => {
    const { id, A, B } = await disputingPair(app);
    await A.post("difference", { act: "ask-guidance" });
    const by = { ...OFFICER, role: "auxiliary" as const };
    await act(app, id, { type: "take-guidance", by });
    assert.match(plain((await B.get("difference")).html), /黄浦区交警部门辅警已于 \d\d:\d\d 接收请求/);
    await act(app, id, { type: "give-guidance", by, how: "message", text: "请核对<车道线>" });
    await B.post("difference", { act: "ask-guidance" });
    await act(app, id, { type: "take-guidance", by }, { type: "give-guidance", by, how: "phone", text: "已通话" });
    const { html } = await A.get("difference");
    assert.match(plain(html), /交警意见（\d\d:\d\d） 请核对&lt;车道线&gt; 交警电话指导记录（\d\d:\d\d） 已通话/);
    assert.ok(buttons(html).includes("ask-guidance"));
  });

  it("a stale page's tap does nothing twice and shows how things stand", async () => {
    const { id, A, B } = await disputingPair(app);
    assert.equal((await A.post("difference", { act: "ask-guidance" })).location, "difference");
    assert.equal((await A.post("difference", { act: "ask-guidance" })).location, "difference");
    assert.equal((await B.post("difference", { act: "withdraw-guidance" })).location, "difference");
    assert.equal(await countEvents(id, "guidance-asked"), 1);
    assert.equal((await stateOf(id)).guidance, "asked");
    assert.equal((await A.post("difference", { act: "withdraw-guidance" })).location, "difference");
    assert.equal((await stateOf(id)).guidance, "withdrawn");
    assert.equal((await A.post("difference", { act: "determine" })).status, 422);
    assert.equal((await (await openPair(app)).A.post("ways", { act: "propose" })).status, 422);
  });
});

describe("a driver's requests to the police", () => {
  it("are braked as other changes are: each is told to the other driver", async () => {
    const { id, A } = await disputingPair(app);
    const asked = { type: "guidance-asked", by: "A", data: {} } as const;
    await app.ctx.accidents.change(id, (accident) => ({ accident, events: Array.from({ length: 30 }, () => asked) }));
    const { status, html } = await A.post("difference", { act: "ask-guidance" });
    assert.equal(status, 429);
    assert.match(html, /修改过于频繁/);
    assert.equal(await countEvents(id, "guidance-asked"), 30);
  });
});

describe("a joint application", () => {
  it("is proposed by one, agreed to by the other with both statements in view, and waits for an officer", async () => {
    const { id, A, B } = await disputingPair(app);
    await A.post("difference", { act: "propose" });
    assert.deepEqual(buttons((await A.get("difference")).html), ["ask-guidance", "withdraw-application", "stop"]);
    assert.equal((await A.post("difference", { act: "agree" })).location, "difference");
    assert.equal((await stateOf(id)).application, "proposed");
    const { html } = await B.get("difference");
    assert.deepEqual(buttons(html), ["ask-guidance", "agree", "refuse", "stop"]);
    assert.ok(html.includes("acts/QS-01.svg") && html.includes("acts/QS-02.svg"));
    assert.equal((await B.post("difference", { act: "agree" })).location, "decision");
    for (const driver of [A, B])
      assert.match(plain((await driver.get("decision")).html), /共同申请已提交，等待交警受理/);
    assert.equal((await A.get("ways")).location, "decision");
  });

  it("says who has it and until when the letter is due, live, and may be withdrawn", async () => {
    const { id, A, B } = await appliedPair(app, { isTaken: false });
    const before = JSON.parse((await A.get("live?page=decision")).html) as { mark: string; waited: string };
    assert.match(before.waited, /开始等待/);
    await act(app, id, { type: "take-application", by: OFFICER });
    const after = JSON.parse((await A.get("live?page=decision")).html) as { mark: string };
    assert.notEqual(after.mark, before.mark);
    const { html } = await A.get("decision");
    assert.match(plain(html), /黄浦区交警部门民警已受理 .*\d\d:\d\d.* 认定书不晚于 \d+年\d+月\d+日 作出/);
    assert.ok(html.includes("/statement") && html.includes("choice=disagree"));
    assert.equal((await B.post("decision", { act: "withdraw-application" })).location, "difference");
    assert.equal((await A.get("decision")).location, "difference");
    assert.equal((await A.post("decision", { act: "withdraw-application" })).location, "difference");
    assert.equal(await countEvents(id, "application-withdrawn"), 1);
  });

  it("whose last day has passed is said to be overdue, also where another officer has it by then", async () => {
    const { id, A } = await appliedPair(app);
    await act(app, id, { type: "release-application", by: OFFICER });
    app.clock.advance(20 * 24 * 3_600_000);
    await act(app, id, { type: "take-application", by: { ...OFFICER, officerId: "o2" } });
    // the session of before has run out
    const { html } = await driverOf(app, id, A.person).get("decision");
    assert.match(plain(html), /民警已受理 .*认定书应于 \d+年\d+月\d+日 前作出，现已超期；期限不重新计算/);
  });

  it("that is refused, lapses or is returned leads back to the ways with the reason", async () => {
    const { id, A, B } = await disputingPair(app);
    await A.post("difference", { act: "propose" });
    await B.post("difference", { act: "refuse" });
    assert.match(plain((await A.get("difference")).html), /对方不同意共同申请/);
    await B.post("difference", { act: "propose" });
    app.clock.advance(30 * 60_000);
    await act(app, id, { type: "lapse-proposal", by: "system" });
    assert.match(plain((await A.get("difference")).html), /提议超过 30 分钟未答复/);
    await act(app, id, { type: "propose", by: "A" }, { type: "agree", by: "B" });
    await act(app, id, { type: "take-application", by: OFFICER });
    await act(app, id, { type: "return", by: OFFICER, reason: "not-enough", text: "缺少车道照片" });
    const { html } = await B.get("difference");
    assert.match(plain(html), /退回：现有材料不足以认定责任。 缺少车道照片/);
    assert.ok(buttons(html).includes("propose"));
  });

  it("says when nobody has taken it, and ends when the statements become alike", async () => {
    const { id, A, B } = await appliedPair(app, { isTaken: false });
    app.clock.advance(30 * 60_000);
    await act(app, id, { type: "note-application-late", by: "system" });
    assert.match(plain((await A.get("decision")).html), /暂无交警受理，申请仍在队列中/);
    assert.equal((await B.post("statement", ACTS.B)).location, "sign");
    assert.equal((await stateOf(id)).application, "settled");
    assert.equal((await A.get("decision")).location, "sign");
  });

  it("ends at 122 with the record kept", async () => {
    const { id, A } = await appliedPair(app);
    assert.equal((await A.post("way-out", { choice: "disagree" })).location, "ended");
    assert.equal((await app.ctx.accidents.get(id)).ended?.code, "dispute");
  });
});

describe("an officer's request", () => {
  it("is answered by a sentence; what lacks or is too long is said with everything typed kept", async () => {
    const { id, A, B } = await askedPair(app);
    assert.equal((await B.get("decision")).location, "evidence");
    const { html } = await B.get("evidence");
    assert.match(plain(html), /您何时打的转向灯？ .*请在 .* 前补充/);
    assert.match(plain((await A.get("decision")).html), /交警正在等待对方补充材料/);
    const empty = await sendForm(B, "evidence", { fields: { request: "1", text: "" } });
    assert.equal(empty.status, 422);
    assert.equal(errorAt(empty.html, "text"), "请填写说明。");
    const long = await sendForm(B, "evidence", { fields: { request: "1", text: "长".repeat(501) } });
    assert.equal(long.status, 422);
    assert.ok(long.html.includes("长".repeat(501)));
    const stray = await sendForm(B, "evidence", { fields: { request: "2", text: "好" } });
    assert.deepEqual([stray.status, stray.location], [303, "evidence"]);
    const given = await sendForm(B, "evidence", { fields: { request: "1", text: "过路口<前>" } });
    assert.equal(given.location, "decision");
    assert.match(plain((await B.get("decision")).html), /您的说明 过路口&lt;前&gt;/);
    assert.doesNotMatch((await A.get("decision")).html, /过路口/);
    const again = await sendForm(B, "decision", { fields: { request: "1", text: "再说" } });
    assert.notEqual(again.status, 200);
    assert.equal((await stateOf(id)).application, "in-hand");
    assert.equal(await countEvents(id, "evidence-given"), 1);
  });

  it("is answered by a picture of the form, with those that were sent since it was asked", async () => {
    const { id, B } = await askedPair(app, { what: "picture" });
    const none = await sendForm(B, "evidence", { fields: { request: "1", text: "见照片" } });
    assert.equal(errorAt(none.html, "photo"), "请拍照或选择一张照片。");
    assert.ok(none.html.includes("见照片"));
    const bad = await sendForm(B, "evidence", { fields: { request: "1", text: "" }, photo: Buffer.from("text") });
    assert.equal(bad.status, 415);
    assert.notEqual(errorAt(bad.html, "photo"), "");
    app.clock.advance(60_000);
    const extra = { accidentId: id, letter: "B", slot: "extra", source: "form" } as const;
    await addPhoto(app.ctx, { ...extra, bytes: SLOT_PHOTOS["own-plate"] });
    assert.match(plain((await B.get("evidence")).html), /已发送 1 张照片，将一并提交/);
    const sent = await sendForm(B, "evidence", { fields: { request: "1", text: "" }, photo: SLOT_PHOTOS.scene });
    assert.equal(sent.location, "decision");
    const { dispute } = await app.ctx.accidents.get(id);
    assert.equal(dispute?.applications.at(-1)?.requests[0]?.answer?.photoIds.length, 2);
  });

  it("that has lapsed is closed, and an answer that comes too late changes nothing", async () => {
    const { id, B } = await askedPair(app);
    app.clock.advance(3_600_000);
    await act(app, id, { type: "lapse-evidence", by: "system" });
    const late = await sendForm(B, "decision", { fields: { request: "1", text: "好" } });
    assert.notEqual(late.status, 200);
    assert.equal((await B.get("evidence")).location, "decision");
    assert.match(plain((await B.get("decision")).html), /期限已于 .* 届满/);
  });

  it("does not keep its driver from withdrawing the application", async () => {
    const { id, A, B } = await askedPair(app);
    const { html } = await B.get("evidence");
    assert.deepEqual(buttons(html), ["withdraw-application"]);
    assert.equal((await B.post("evidence", { act: "determine" })).status, 422);
    assert.equal((await B.post("evidence", { act: "withdraw-application" })).location, "difference");
    assert.equal((await stateOf(id)).application, "withdrawn");
    assert.equal((await A.get("decision")).location, "difference");
  });

  it("leaves the way open to agree: alike statements end it", async () => {
    const { id, A, B } = await askedPair(app);
    assert.ok((await B.get("evidence")).html.includes("/statement"));
    await giveStatement(app.ctx, { accidentId: id, letter: "B", statement: ACTS.B });
    assert.equal((await B.get("evidence")).location, "sign");
    assert.equal((await A.get("decision")).location, "sign");
  });
});

describe("a determination letter", () => {
  const SIGNATURE = `data:image/png;base64,${readFileSync("test/fixtures/signature.png").toString("base64")}`;
  const letterIn = async (id: string) => letterOf(await app.ctx.accidents.get(id));

  it("is served by being shown to its driver, once, with the review's last day in working days", async () => {
    const { id, A, number } = await determinedPair(app);
    assert.equal((await A.get("letter.pdf")).status, 404);
    const { html } = await A.get("letter");
    const { A: served, B: others } = (await letterIn(id))!.served;
    assert.equal(served?.how, "opened");
    assert.equal(others, null);
    const { until } = addWorkingDays(served!.at, REVIEW_DAYS, app.config.rules.calendar);
    assert.ok(plain(html).includes(`在 ${wholeDayText(until, "zh")} 24:00 前向${REVIEWER}提出`));
    assert.ok(html.includes(number) && html.includes("相撞&lt;b&gt;") && html.includes("负主要责任"));
    await A.get("letter");
    assert.equal(await countEvents(id, "letter-opened"), 1);
    assert.equal((await A.get("letter.pdf")).type, "application/pdf");
    assert.equal((await A.get("letter/1.png")).type, "image/png");
    for (const path of ["letter/0.png", "letter/2.png", "letter/x.png"])
      assert.equal((await A.get(path)).status, 404, path);
    assert.match((await A.get("letter-paper")).html, /letter\/1\.png/);
  });

  it("is served as well by a form with a mistake, since the page shows it then", async () => {
    const { id, A, number } = await determinedPair(app);
    const { html } = await A.get("");
    const body = new URLSearchParams({ _csrf: fieldValue(html, "_csrf"), act: "receive", number });
    const headers = { cookie: `${A.cookie.name}=${A.cookie.value}` };
    const answer = await fetch(A.urlOf("letter"), { method: "POST", headers, body, redirect: "manual" });
    assert.equal(answer.status, 422);
    assert.ok((await answer.text()).includes("负主要责任"));
    assert.equal((await letterIn(id))?.served.A?.how, "opened");
  });

  it("is signed for by one with the consent to forward, and refused by the other, which is noted", async () => {
    const { id, A, B, number } = await determinedPair(app);
    await A.get("letter");
    const signed = { act: "receive", number, signature: SIGNATURE, forwarding: "yes" };
    assert.equal((await A.post("letter", { act: "receive", number })).status, 422);
    assert.equal((await A.post("letter", { act: "refuse", number, forwarding: "no" })).status, 422);
    const blank = await A.post("letter", { ...signed, signature: "data:image/png;base64,AAAA" });
    assert.equal(blank.status, 422);
    assert.match(blank.html, /name="forwarding" value="yes" checked/);
    assert.equal((await A.post("letter", signed)).location, "letter");
    assert.equal((await A.post("letter", { act: "refuse", number })).location, "letter");
    assert.match(plain((await A.get("letter")).html), /您已于 .* 签收。/);
    assert.match(plain((await A.get("")).html), /当前步骤.*交警已作出事故认定，您已答复。/);
    assert.match(plain((await B.get("")).html), /当前步骤.*请查看并签收。/);
    const cookie = `${A.cookie.name}=${A.cookie.value}`;
    const mine = await (await fetch(new URL("/h5/cases", app.url), { headers: { cookie } })).text();
    assert.match(plain(mine), /已办完.*认定书/);
    await B.get("letter");
    assert.equal((await B.post("letter", { act: "refuse", number })).location, "letter");
    assert.match(plain((await B.get("letter")).html), /拒绝签收，已记录在案。 您未同意向保险公司提供信息/);
    const { receipts } = (await letterIn(id))!;
    assert.deepEqual([receipts.A?.how, receipts.A?.forwarding], ["signed", true]);
    assert.deepEqual([receipts.B?.how, receipts.B?.forwarding, receipts.B?.imageSha256], ["refused", false, null]);
  });

  it("leads who bears nothing to the other driver's insurer, and who bears all to their own", async () => {
    const { id, A, B } = await appliedPair(app);
    const { number } = await issueLetter(app, id, null, { A: "full", B: "none" });
    for (const driver of [A, B]) {
      await driver.get("letter");
      await driver.post("letter", { act: "receive", number, signature: SIGNATURE, forwarding: "yes" });
    }
    const hotlines = async (driver: Driver) => (await driver.get("letter")).html.match(/tel:955\d\d/g);
    assert.deepEqual([await hotlines(A), await hotlines(B)], [["tel:95518"], ["tel:95518"]]);
    assert.match(plain((await B.get("letter")).html), /您的车损由对方投保的人保财险赔付，由我们向该公司报送/);
    assert.doesNotMatch(plain((await A.get("letter")).html), /您的车损由对方投保的/);
  });

  it("that was withdrawn is named with its reason; an answer to it does not count for the new one", async () => {
    const { id, A, number } = await determinedPair(app);
    await A.get("letter");
    const { number: next } = await issueLetter(app, id, number);
    assert.equal((await A.post("letter", { act: "refuse", number })).location, "letter");
    assert.equal((await letterIn(id))?.receipts.A, null);
    const { html } = await A.get("letter");
    assert.match(plain(html), new RegExp(`原第 ${number} 号认定书已于 .* 撤销，原因： 责任认定有误`));
    assert.ok(html.includes(next));
    await A.post("letter", { act: "refuse", number: next });
    assert.equal((await letterIn(id))?.receipts.A?.how, "refused");
  });

  it("gives a consent that can be withdrawn as easily, from the letter and from one's own data", async () => {
    const { id, A, B, number } = await determinedPair(app);
    assert.match((await A.get("forwarding")).html, /您目前没有同意向保险公司提供信息/);
    for (const driver of [A, B]) {
      await driver.get("letter");
      await driver.post("letter", { act: "receive", number, signature: SIGNATURE, forwarding: "yes" });
    }
    assert.match((await A.get("letter")).html, /\/forwarding">撤回向保险公司提供信息的同意/);
    const own = await fetch(`${app.url}/h5/my-data`, { headers: { cookie: `${A.cookie.name}=${A.cookie.value}` } });
    assert.match(await own.text(), new RegExp(`/h5/accidents/${id}/forwarding"`));
    const { html } = await A.get("forwarding");
    for (const text of ["认定书不受影响", "不能再从本服务查看认定书", "认定书和责任不变", "确认撤回同意"])
      assert.ok(html.includes(text), text);
    assert.equal((await A.post("forwarding", {})).location, "forwarding");
    assert.match((await A.get("forwarding")).html, /您已于 .* 撤回同意/);
    const letter = plain((await A.get("letter")).html);
    assert.match(letter, /您已于 .* 签收。 您已于 .* 撤回同意/);
    assert.match(letter, /我们不会代您报案/);
    const { dispute, claims } = await app.ctx.accidents.get(id);
    assert.ok(dispute?.determinations[0]?.receipts.A?.forwardingWithdrawnAt);
    assert.deepEqual(
      claims.map(({ party, stoppedAt }) => [party, stoppedAt !== undefined]),
      [
        ["A", true],
        ["B", false],
      ],
    );
    await app.settle();
    const refOf = (party: string) => claims.find((claim) => claim.party === party)?.ref ?? "";
    assert.equal(app.simulator.insurers.find(refOf("A")), null);
    assert.ok(!app.simulator.insurers.find(refOf("B"))?.body.includes(DETAILS.A.name));
  });

  it("that was served by message says so", async () => {
    const { id, B } = await determinedPair(app);
    app.clock.advance(20 * 24 * 3_600_000);
    await actOnLetter(app.ctx, id, { type: "confirm-service", by: OFFICER, to: "B" });
    assert.equal((await letterIn(id))?.served.B?.how, "by-message");
    // the session of before has run out
    const again = driverOf(app, id, B.person);
    assert.match(plain((await again.get("letter")).html), /送达，并由交警通过本账号消息确认/);
  });
});

describe("the end of a case for which an officer was sent", () => {
  it("shows the control room's number", async () => {
    const { id, A } = await appliedPair(app);
    await act(app, id, { type: "send-officer", by: OFFICER, controlRoomNumber: "2026-<0042>" });
    const { html } = await A.get("ended");
    assert.match(plain(html), /接处警编号 2026-&lt;0042&gt;/);
  });
});
