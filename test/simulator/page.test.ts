import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { openAccident } from "../../src/actions/open-accident.ts";
import { makeDemoOfficers } from "../../src/demo-officers.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { appliedPair } from "../police/disputed.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { launchBrowser } from "../support/browser.ts";
import { conclude } from "../support/claims-house.ts";
import { closeDatabase } from "../support/database.ts";
import { storedPhotos } from "../support/stored-photos.ts";

/** Folder for pictures, when they are wanted. */
const SCREENSHOTS = process.env.SCREENSHOTS;
const SHOWN = ["scene", "own-plate"];
const DECLARED = { textVersion: NOTICE_VERSION, answer: { vehicles: "two" as const, conditions: [] } };

let app: TestApp;
let browser: Browser;
let stage: Page;
const problems: string[] = [];

before(async () => {
  app = await startApp();
  await makeDemoOfficers(app.ctx);
  browser = await launchBrowser();
  stage = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  stage.on("pageerror", (error) => problems.push(error.message));
  await stage.goto(`${app.url}/simulator`);
});
after(async () => {
  await browser.close();
  await app.stop();
  await closeDatabase();
});

const phone = (index: 1 | 2): Locator => stage.locator(`.phone[data-phone="${index}"]`);
const openidOf = (index: 1 | 2) => app.simulator.phones[index - 1]?.openid ?? "";
const bubbles = (index: 1 | 2) => phone(index).locator(".chat li");

async function look(name: string): Promise<void> {
  if (!SCREENSHOTS) return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await stage.screenshot({ path: `${SCREENSHOTS}/page-${name}.png` });
}

/** Two drivers whom nobody has met, drawn on the page. */
async function startOver(): Promise<void> {
  await stage.getByRole("button", { name: /重新开始/ }).click();
  await phone(1)
    .getByRole("button", { name: /关注公众号/ })
    .waitFor();
}

async function follow(index: 1 | 2): Promise<void> {
  await phone(index)
    .getByRole("button", { name: /关注公众号/ })
    .click();
  await bubbles(index).first().waitFor();
}

describe("the simulator's page", () => {
  it("shows what the account says as WeChat does: links blue by their words, addresses as they stand, no other tag", async () => {
    await follow(1);
    const { people } = app.simulator.platform;
    const person = people.get(openidOf(1));
    const url = `${app.url}/h5/privacy`;
    const text = `请看 <a href="${url}">隐私说明 ›</a> 或 ${url}，<b>不</b>是 <script>x</script>`;
    people.write(person, { from: "account", via: "passive", kind: "text", text });
    const articles = [{ title: "协议书", description: "双方已签名", url, picUrl: "" }];
    people.write(person, { from: "account", via: "customer", kind: "news", articles });
    const fields = { character_string1: "KC20261102-000001", thing2: "赔款已支付", time3: "2026-11-02 12:00" };
    people.write(person, { from: "account", via: "template", kind: "template", title: "t", url, fields });
    people.write(person, { from: "me", via: "sent", kind: "location", text: "人民大道近黄陂北路" });
    const said = bubbles(1).filter({ hasText: "请看" });
    await bubbles(1).locator(".place").waitFor();
    assert.deepEqual(await said.locator("a").allTextContents(), ["隐私说明 ›", url]);
    assert.equal(
      await said.locator(".bubble").textContent(),
      `请看 隐私说明 › 或 ${url}，<b>不</b>是 <script>x</script>`,
    );
    assert.equal(
      await stage.evaluate("getComputedStyle(document.querySelector('.bubble a')).color"),
      "rgb(87, 107, 149)",
    );
    assert.equal(await bubbles(1).locator(".news strong").textContent(), "协议书");
    assert.match((await bubbles(1).locator(".template").textContent()) ?? "", /进展 News赔款已支付/);
    await look("chat");
    await said.locator("a").first().click();
    await phone(1).frameLocator("iframe").getByRole("heading", { level: 1 }).waitFor();
  });

  it("starts over: other drivers, nothing of the last ones on their phones, their cases untouched", async () => {
    await startOver();
    const { ctx } = app;
    const rounds: string[] = [];
    for (let round = 0; round < 2; round++) {
      const openid = openidOf(1);
      const person = await ctx.people.see(openid);
      assert.equal(await ctx.accidents.findByPerson({ id: person.id }), null, "no case in the way");
      await follow(1);
      await openAccident(ctx, { person, ...DECLARED });
      await phone(1).getByRole("button", { name: "更多 More" }).click();
      for (const slot of SHOWN) {
        const sent = bubbles(1).locator(".picture");
        const before = await sent.count();
        await phone(1).locator(`.roll [title="${slot}"]`).click();
        await sent.nth(before).waitFor();
      }
      await app.settle();
      const accident = await ctx.accidents.findByPerson({ id: person.id });
      const photos = accident ? storedPhotos(accident) : [];
      assert.deepEqual(
        photos.map(({ state, dupOf }) => [state, dupOf]),
        SHOWN.map(() => ["stored", null]),
        "each round is photographed anew",
      );
      if (round === 0) await look("photos");
      rounds.push(openid);
      await startOver();
      assert.equal(await bubbles(1).count(), 0);
      assert.ok(await phone(1).locator(".tray").isHidden());
      assert.equal(
        (await ctx.accidents.findByPerson({ id: person.id }))?.photos.length,
        SHOWN.length,
        "what was stays",
      );
    }
    assert.equal(new Set([...rounds, openidOf(1)]).size, 3);
  });

  it("has no code to scan from before", async () => {
    await app.ctx.wechat.createQr({ scene: "invite-old", expireSeconds: 600 });
    const scan = async () =>
      (await fetch(`${app.url}/simulator/phones/2/acts/scan`, { method: "POST" })).json() as Promise<{
        scanned: boolean;
      }>;
    await phone(2).locator("[data-no-code]").waitFor({ state: "hidden" });
    await startOver();
    await phone(2).locator("[data-no-code]").waitFor();
    assert.deepEqual(await scan(), { scanned: false });
    await app.ctx.wechat.createQr({ scene: "invite-new", expireSeconds: 600 });
    assert.deepEqual(await scan(), { scanned: true });
  });

  it("lets an insurer fail, shows each try with its outcome and the next one, and sends again on a press", async () => {
    await startOver();
    await stage.getByLabel(/保险公司 Insurer/).selectOption("PICC");
    const how = stage.getByLabel(/收到报案时/);
    await how.selectOption("fails");
    const odd = stage.locator("#odd li");
    await odd.filter({ hasText: "PICC" }).filter({ hasText: "500" }).waitFor();
    // reported in this round
    await conclude(app.ctx, { at: new Date(app.clock.now().getTime() + 620_000) });
    await app.settle();
    const late = stage.locator(".undelivered");
    await late.filter({ hasText: /第 1 次 Try 1 http-500/ }).waitFor();
    await late.filter({ hasText: /后再送 to the next try/ }).waitFor();
    await look("insurer-fails");
    for (const [behaviour, outcome] of [
      ["page", /Waits for a person/],
      ["normal", null],
    ] as const) {
      await how.selectOption(behaviour);
      if (behaviour === "normal") await odd.waitFor({ state: "detached" });
      else await odd.filter({ hasText: "网页" }).waitFor();
      const resent = stage.waitForResponse(/\/resend$/);
      await late.getByRole("button", { name: /现在再送/ }).click();
      await resent;
      await app.settle();
      if (outcome) await late.filter({ hasText: outcome }).waitFor();
    }
    const taken = stage.locator("#claims .claim").filter({ hasText: /^PICC · / });
    await taken.filter({ hasText: /送了 3 次，生效一次/ }).waitFor();
    assert.equal(await late.count(), 0);
    await look("insurer-mended");
  });

  it("folds the claims of earlier rounds away and lets every insurer answer again", async () => {
    await stage.getByLabel(/收到报案时/).selectOption("silent");
    await stage.locator("#odd li").waitFor();
    // a whole second, as the claim tells its time
    app.clock.advance(60_000);
    await startOver();
    await stage.locator("#odd li").waitFor({ state: "detached" });
    await stage.locator("#claims .claim").first().waitFor({ state: "detached" });
    await stage.locator("#no-claims").waitFor();
    await stage.getByText(/重新开始之前的报案/).click();
    await stage
      .locator("#earlier .claim")
      .filter({ hasText: /^PICC · / })
      .waitFor();
    await look("earlier");
  });

  it("says how many cases wait, and signs an officer in by one press: the desk at its own width", async () => {
    const { number } = await app.ctx.accidents.get((await appliedPair(app)).id);
    const tab = stage.getByRole("button", { name: /^民警 Officer/ });
    await tab.filter({ hasText: "1" }).click();
    const officer = stage.locator(".officer");
    for (const part of [phone(1), phone(2), stage.locator(".desk")]) assert.ok(await part.isHidden());
    const desk = stage.frameLocator("[name=desk]");
    await desk.getByRole("button", { name: /登录|Sign in/ }).waitFor();
    await officer.getByLabel(/岗位/).selectOption("DEMO-1");
    assert.match(await officer.getByLabel(/动态验证码/).inputValue(), /^\d{6}$/);
    await look("officer-sign-in");
    await officer.getByRole("button", { name: /登录 Sign in/ }).click();
    await desk.getByText(number).first().waitFor();
    assert.ok(Number(await stage.evaluate("document.querySelector('[name=desk]').clientWidth")) > 1200);
    assert.ok(await stage.evaluate("document.documentElement.scrollWidth <= innerWidth"));
    await look("officer-queue");
    await desk.getByRole("link", { name: number }).click();
    await desk.getByRole("button", { name: /受理共同申请|Take the application/ }).click();
    await desk.getByRole("link", { name: /^(认定|Determine)$/ }).click();
    await desk.getByRole("button", { name: /填示例 Sample/ }).click();
    assert.match(await desk.locator("[name=facts]").inputValue(), /人民大道/);
    assert.equal(await desk.locator("[name=articles]:checked").count(), 1);
    assert.equal(await desk.locator("[name=degrees]:checked").count(), 0, "somebody decides");
    await look("officer-letter");
    // another one takes the place, by a code of its own
    await officer.getByLabel(/岗位/).selectOption("DEMO-5");
    await officer.getByRole("button", { name: /登录 Sign in/ }).click();
    await desk.getByText("DEMO-5").first().waitFor();
    await stage.getByRole("button", { name: /手机和保险公司/ }).click();
    assert.ok((await phone(1).isVisible()) && (await stage.locator(".desk").isVisible()));
    assert.ok(await officer.isHidden());
    await look("dispute-steps");
  });

  it("fits a phone: one of its four parts at a time, nothing beside the screen", async () => {
    await stage.setViewportSize({ width: 390, height: 844 });
    await follow(1);
    await look("narrow-a");
    const parts = [phone(1), phone(2), stage.locator(".officer"), stage.locator(".desk")];
    for (const [at, name] of [/^甲方 A$/, /^乙方 B$/, /^民警 Officer/, /^保险公司 Insurers$/].entries()) {
      await stage.getByRole("button", { name }).click();
      assert.deepEqual(
        await Promise.all(parts.map((part) => part.isVisible())),
        parts.map((_, one) => one === at),
      );
      assert.ok(await stage.evaluate("document.documentElement.scrollWidth <= innerWidth"), String(name));
      await look(`narrow-${at}`);
    }
    assert.deepEqual(problems, []);
  });

  it("refuses a behaviour that it does not know, and an insurer that it does not stand in for", async () => {
    const set = async (code: string, behaviour: unknown) =>
      (
        await fetch(`${app.url}/simulator/insurers/${code}/behaviour`, {
          method: "POST",
          body: JSON.stringify({ behaviour }),
        })
      ).status;
    assert.deepEqual(
      await Promise.all([set("PICC", "constructor"), set("PICC", 5), set("NONE", "fails")]),
      [400, 400, 404],
    );
  });
});
