import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { ClaimMessage } from "../../src/domain/claim-message.ts";
import { applicationState, guidanceState, letterOf } from "../../src/domain/dispute.ts";
import type { Role } from "../../src/domain/officer.ts";
import { dayOf } from "../../src/police/desk-times.ts";
import type { Driver, Pair } from "../h5/settle-driver.ts";
import { disputedPair } from "../police/disputed.ts";
import type { TestApp } from "../support/app.ts";
import { signedInOfficer } from "../support/desk-client.ts";
import { drawSignature } from "../support/draw-signature.ts";
import { withBrowser } from "../support/with-browser.ts";

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

/** What the Content-Security-Policy refused, and scripts that failed, on any page of a journey. */
type Faults = string[];

async function pageIn(context: BrowserContext, url: string, faults: Faults): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => /Content Security Policy/.test(message.text()) && faults.push(message.text()));
  await page.goto(url);
  return page;
}

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, locale: "zh-CN" };

async function phoneOf(driver: Driver, path: string, faults: Faults): Promise<Page> {
  const context = await browser.newContext(PHONE);
  await context.addCookies([driver.cookie]);
  return pageIn(context, driver.urlOf(path), faults);
}

let accounts = 0;
/** Somebody of the desk before the queue. */
async function deskOf(role: Role, faults: Faults): Promise<Page> {
  accounts += 1;
  const officer = await signedInOfficer(app, { number: `J-${accounts}`, role });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US" });
  await context.addCookies(officer.cookies());
  return pageIn(context, `${app.url}/police/queue`, faults);
}

interface Played extends Pair {
  phones: Record<"A" | "B", Page>;
  desk: Page;
  faults: Faults;
}

/** Two drivers who blame each other, each at the page of the difference, and somebody at the desk. */
async function played(role: Role): Promise<Played> {
  const pair = await disputedPair(app, { real: true });
  const faults: Faults = [];
  const phones = {
    A: await phoneOf(pair.A, "difference", faults),
    B: await phoneOf(pair.B, "difference", faults),
  };
  return { ...pair, phones, desk: await deskOf(role, faults), faults };
}

async function end({ phones, desk, faults }: Played): Promise<void> {
  for (const page of [phones.A, phones.B, desk]) await page.context().close();
  assert.deepEqual(faults, []);
}

const caseOf = ({ id }: Pair) => app.ctx.accidents.get(id);
const press = (page: Page, act: string) => page.locator(`button[value=${act}]`).click();

/** Waits for the case in the queue, opens and takes it. */
async function take({ desk, id }: Played, what: "guidance" | "application"): Promise<void> {
  await desk.locator(`a[href="/police/cases/${id}"]`).click();
  await desk.locator(`form[action$="/${what}/take"] button`).click();
  await desk.locator(`form[action$="/${what}/release"]`).waitFor();
}

/** Draws a name below what is signed and sends it. */
async function sign(page: Page): Promise<void> {
  await drawSignature(page);
  await page.locator("input[name=electronic]").setChecked(true, { force: true });
  await page.locator("footer button").click();
}

async function writeLetter({ desk, id }: Played): Promise<void> {
  await desk.goto(`${app.url}/police/cases/${id}/determine`);
  await desk.fill("#field-facts", "甲车沿延安东路由西向东行驶，与前方等候信号灯的乙车尾部相撞。");
  await desk.fill("#field-causes", "甲车未与前车保持足以采取紧急制动措施的安全距离。");
  await desk.locator("input[name=articles]").first().check();
  await desk.locator("input[name=evidence]").first().check();
  await desk.locator("input[name=degrees][value=primary-secondary]").check();
  await desk.locator("[data-letter]", { hasText: "负主要责任" }).waitFor();
  await press(desk, "preview");
  await press(desk, "issue");
  await desk.waitForURL(`**/police/cases/${id}`);
}

describe("a dispute in browsers", () => {
  it("guidance by an auxiliary leads to alike statements, which both sign", async () => {
    const all = await played("auxiliary");
    const { phones, desk } = all;
    await press(phones.A, "ask-guidance");
    await take(all, "guidance");
    await phones.B.locator("#guidance", { hasText: "辅警" }).waitFor();
    await desk.locator('a[href$="/guide"]').click();
    await desk.fill("#field-text", "请双方一起查看行车记录仪。");
    await desk.locator("form .desk-act").click();
    await desk.waitForURL(`**/police/cases/${all.id}`);
    for (const page of [phones.A, phones.B])
      await page.locator("#guidance", { hasText: "请双方一起查看行车记录仪。" }).waitFor();
    await phones.A.locator("footer .kc-btn").click();
    await phones.A.locator("input[name=whose][value=mine]").check({ force: true });
    await phones.A.locator("#field-ownAct").getByRole("radio").first().check();
    await phones.A.locator("footer button").click();
    await phones.A.waitForURL(all.A.urlOf("sign"));
    await phones.B.waitForURL(all.B.urlOf("sign"));
    await sign(phones.A);
    await phones.A.waitForURL(all.A.urlOf("wait-signature"));
    await sign(phones.B);
    await phones.B.waitForURL(all.B.urlOf("done"));
    await phones.A.waitForURL(all.A.urlOf("done"));
    const accident = await caseOf(all);
    assert.ok(accident.concludedAt);
    assert.equal(guidanceState(accident), "given");
    await end(all);
  });

  it("a joint application, more evidence, a letter that one signs for and the other refuses, and the claims", async () => {
    const all = await played("officer");
    const { phones, desk } = all;
    await press(phones.A, "propose");
    await press(phones.B, "agree");
    for (const letter of ["A", "B"] as const) await phones[letter].waitForURL(all[letter].urlOf("decision"));
    await take(all, "application");
    await desk.locator("summary[data-key=e]").click();
    await desk.selectOption("#field-to", "B");
    await desk.selectOption("#field-what", "sentence");
    await desk.fill("#field-text", "您何时打的转向灯？");
    await desk.locator('form[action$="/evidence"] .desk-act').click();
    await phones.B.waitForURL(all.B.urlOf("evidence"));
    await phones.B.fill("textarea[name=text]", "过路口前约三秒。");
    await phones.B.locator("footer button").click();
    await phones.B.waitForURL(all.B.urlOf("decision"));
    await desk.goto(`${app.url}/police/cases/${all.id}`);
    await desk.getByText("过路口前约三秒。").waitFor();
    await writeLetter(all);
    for (const letter of ["A", "B"] as const) await phones[letter].waitForURL(all[letter].urlOf("letter"));
    await phones.A.locator("#act input[name=forwarding]").setChecked(true, { force: true });
    await drawSignature(phones.A);
    await phones.A.locator("footer button").click();
    await phones.A.getByText(/您已于 .* 签收。/).waitFor();
    await phones.B.locator("details", { has: phones.B.locator("button[value=refuse]") })
      .locator("summary")
      .click();
    await phones.B.locator("details input[name=forwarding]").setChecked(true, { force: true });
    await press(phones.B, "refuse");
    await phones.B.getByText(/您已于 .* 拒绝签收，已记录在案。/).waitFor();
    const accident = await caseOf(all);
    const { receipts } = letterOf(accident) ?? {};
    assert.deepEqual([receipts?.A?.how, receipts?.B?.how], ["signed", "refused"]);
    await app.settle();
    assert.equal(accident.claims.length, 2);
    for (const { ref } of accident.claims) assert.ok(app.simulator.insurers.find(ref), ref);
    // of the two insurers, that of driver B reads version 2
    const body = app.simulator.insurers.find(`${accident.number}-B`)?.body ?? "{}";
    assert.equal((JSON.parse(body) as ClaimMessage).data.liability.basis, "police_determined");
    await end(all);
  });

  it("a refused application leads to 110, with the record kept and to be printed", async () => {
    const all = await played("officer");
    const { phones, desk } = all;
    await press(phones.A, "propose");
    await press(phones.B, "refuse");
    await phones.A.locator("#application", { hasText: "对方不同意共同申请" }).waitFor();
    await phones.A.locator("details", { has: phones.A.locator("button[value=stop]") })
      .locator("summary")
      .click();
    await press(phones.A, "stop");
    for (const letter of ["A", "B"] as const) {
      await phones[letter].waitForURL(all[letter].urlOf("ended"));
      assert.ok((await phones[letter].locator("a[href^='tel:1']").count()) > 0);
    }
    const accident = await caseOf(all);
    assert.deepEqual([accident.ended?.code, applicationState(accident)], ["dispute", "refused"]);
    assert.equal(accident.photos.length, 5);
    await desk.goto(`${app.url}/police/cases/${all.id}`);
    assert.equal(await desk.locator("[data-photo]").count(), 5);
    assert.equal(await desk.locator('form[action$="/print.pdf"]').count(), 1);
    await end(all);
  });

  it("an audit draws a case, and a finding with its follow-up stands on the sheet", async () => {
    const faults: Faults = [];
    const { id } = await disputedPair(app, { real: true });
    const desk = await deskOf("auditor", faults);
    await desk.goto(`${app.url}/police/audit`);
    const today = dayOf(app.clock.now());
    for (const field of ["from", "to"]) await desk.fill(`#field-${field}`, today);
    await desk.fill("#field-random", "50");
    await desk.locator("form .desk-act").click();
    await desk.waitForURL(/\/police\/audit\/[\w-]+$/);
    const draw = desk.url();
    await desk.locator(`#case-${id} td:last-child a`).click();
    await desk.locator("input[name=finding][value=liability-doubtful]").check();
    await desk.fill("#field-note", "双方所述均与照片不符，须再询问。");
    await desk.selectOption("#field-followUp", "open");
    await desk.fill("#field-due", today);
    await desk.locator("form .desk-act").click();
    await desk.waitForURL(`${draw}#case-${id}`);
    await desk.goto(`${draw}/sheet`);
    assert.equal(await desk.locator("td.desk-words", { hasText: "须再询问" }).count(), 1);
    const finding = await app.ctx.audits.findFinding(draw.split("/").at(-1) ?? "", id);
    assert.equal(finding?.followUp?.state, "open");
    assert.deepEqual(faults, []);
    await desk.context().close();
  });
});
