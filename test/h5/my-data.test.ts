import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { holdCase } from "../../src/actions/hold-case.ts";
import { keepDetails } from "../../src/actions/keep-details.ts";
import { mostADay } from "../../src/domain/retention.ts";
import { eraseCommand } from "../../src/jobs/erase-command.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DETAILS } from "../support/drivers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { alerts, hidden, Phone } from "./phone.ts";

const AGREED = { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" };
const OPENID = "oMyData0001";

let app: TestApp;
before(async () => {
  const CONFIG_FILE = join(temporaryFolder("retention"), "settings.yaml");
  writeFileSync(CONFIG_FILE, "retention: { caseYears: 4, endedYears: 2 }\n");
  app = await startApp({ env: { CONFIG_FILE } });
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

async function command(...words: string[]): Promise<{ code: number; text: string }> {
  let text = "";
  const code = await eraseCommand(app.ctx, words, (more) => {
    text += more;
  });
  return { code, text };
}

describe("other years than the usual ones", () => {
  it("are stated by the privacy notice and on the page of one's own data, and so is a legal hold", async () => {
    const phone = new Phone(app, "oMyDataHeld");
    const notice = (await phone.open("/h5/privacy")).html;
    assert.match(notice, /自最后一次记录（含理赔进展）之日起 4 年；未达成协议的，2 年/);
    assert.match(notice, /自您最后一次使用起 3 年/);
    assert.doesNotMatch(notice, /之日起三年/);
    assert.match(notice, /依法要求保留的[^<]+期满后只作存储[^<]+《个人信息保护法》第四十七条/);
    const { location } = await phone.fill("/h5/start", AGREED);
    const id = String(location.split("/")[3]);
    const at = app.clock.now();
    await app.ctx.accidents.change(id, (accident) => ({
      accident: { ...accident, ended: { code: "dispute", reasons: [], by: "A", at } },
      events: [{ type: "ended", by: "A", data: { code: "dispute", reasons: [] } }],
    }));
    assert.match((await phone.open("/h5/my-data")).html, new RegExp(`保存至 ${at.getFullYear() + 2}`));
    await holdCase(app.ctx, { id, reason: "court" });
    const { html } = await phone.open("/h5/my-data");
    assert.match(html, /依法须继续保存/);
    assert.doesNotMatch(html, /保存至/);
  });
});

describe("one's own data", () => {
  it("are nothing before consent, on the page and in the file", async () => {
    const phone = new Phone(app, "oMyData0000");
    assert.match((await phone.open("/h5/my-data")).html, /没有保存您的个人信息/);
    const { html, headers } = await phone.get("/h5/my-data.json");
    assert.deepEqual(JSON.parse(html), { person: null, cases: [] });
    assert.match(String(headers.get("content-disposition")), /^attachment/);
  });

  it("are there as a page and as a file; what was kept for next time goes with its consent", async () => {
    const phone = new Phone(app, OPENID);
    const { location } = await phone.fill("/h5/start", AGREED);
    const id = String(location.split("/")[3]);
    const personId = app.ctx.vault.personId(OPENID);
    await keepDetails(app.ctx, { personId, accidentId: id, letter: "A", details: DETAILS.A });
    const page = await phone.open("/h5/my-data");
    const { number } = await app.ctx.accidents.get(id);
    for (const text of [number, DETAILS.A.name]) assert.ok(page.html.includes(text), text);
    const file = JSON.parse((await phone.get("/h5/my-data.json")).html);
    assert.equal(file.person.openid, OPENID);
    assert.equal(file.person.remembered.idNumber, DETAILS.A.idNumber);
    assert.deepEqual([file.cases[0].number, file.cases[0].letter], [number, "A"]);
    assert.equal((await phone.fill("/h5/my-data", { act: "forget" })).status, 303);
    assert.equal(await app.ctx.people.lastDetails(personId), null);
    const { events } = await app.ctx.accidents.get(id);
    assert.deepEqual(
      events.flatMap(({ type, data }) => (data.to === "remember" ? [type] : [])),
      ["consent-given", "consent-withdrawn"],
    );
  });

  it("are erased early at the person's request, by the operator's command: what the law does not keep", async () => {
    const phone = new Phone(app, OPENID);
    const unticked = await phone.fill("/h5/my-data", { act: "erase" });
    assert.equal(unticked.status, 422);
    assert.equal(alerts(unticked.html)[0]?.field, "confirm");
    await phone.fill("/h5/my-data", { act: "erase", confirm: "yes" });
    assert.match((await phone.open("/h5/my-data")).html, /申请提前删除，正在办理/);
    const personId = app.ctx.vault.personId(OPENID);
    assert.match((await command("requests")).text, new RegExp(personId));
    const id = String((await app.ctx.people.find(personId))?.cases?.[0]?.id);
    const { events } = await app.ctx.accidents.get(id);
    assert.equal(events.at(-1)?.type, "erasure-requested");
    assert.match((await command("carry-out", "somebody-else")).text, /nobody/);
    await phone.fill(`/h5/accidents/${id}/way-out`, { choice: "withdraw" });
    const { code, text } = await command("carry-out", personId);
    assert.equal(code, 0);
    assert.match(text, /: erased/);
    assert.equal(await app.ctx.accidents.find(id), null);
    assert.equal(await app.ctx.people.find(personId), null);
    assert.equal((await command("requests")).text, "");
  });

  it("of a running case stay, and the request with them, until the case is over; the day's limit does not hold it up", async () => {
    const phone = new Phone(app, "oMyData0002");
    const { location } = await phone.fill("/h5/start", AGREED);
    const id = String(location.split("/")[3]);
    const personId = app.ctx.vault.personId("oMyData0002");
    await keepDetails(app.ctx, { personId, accidentId: id, letter: "A", details: DETAILS.A });
    for (let times = 0; times < 3; times++) await phone.post("/h5/my-data", await confirmed(phone));
    const asked = async () =>
      (await app.ctx.accidents.get(id)).events.filter(({ type }) => type === "erasure-requested").length;
    assert.equal(await asked(), 1, "asked once, however often it is sent");
    const { number } = await app.ctx.accidents.get(id);
    const early = await command("carry-out", personId);
    assert.deepEqual([early.code, early.text], [0, `${number}: running\na case runs: the request stays open\n`]);
    assert.ok(await app.ctx.people.lastDetails(personId));
    assert.match((await command("requests")).text, new RegExp(personId));

    await phone.fill(`/h5/accidents/${id}/way-out`, { choice: "withdraw" });
    const now = app.clock.now();
    const { cases } = mostADay(await app.ctx.retention.count());
    while (await app.ctx.erasures.take("cases", cases, now));
    const late = await command("carry-out", personId);
    assert.match(late.text, new RegExp(`^${number}: erased\n`));
    assert.equal(await app.ctx.accidents.find(id), null);
    assert.equal((await command("requests")).text, "");
  });
});

/** What the form for early erasure posts. */
async function confirmed(phone: Phone): Promise<Record<string, string>> {
  return { _csrf: hidden((await phone.open("/h5/my-data")).html, "_csrf"), act: "erase", confirm: "yes" };
}
