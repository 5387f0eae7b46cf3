import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { giveDetails } from "../../src/actions/give-details.ts";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import type { Letter } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import type { TestApp } from "../support/app.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { withBrowser } from "../support/with-browser.ts";
import { type Driver, readyPair } from "./settle-driver.ts";

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

async function phoneOf(driver: Driver): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 700 } });
  await context.addCookies([driver.cookie]);
  return context.newPage();
}

async function sign(accidentId: string, letter: Letter): Promise<void> {
  const shown = contentDigest(app.ctx, await app.ctx.accidents.get(accidentId));
  await signAgreement(app.ctx, { accidentId, letter, contentDigest: shown, signature: SIGNATURE, forwarding: true });
}

/** The page is told by its stream. */
const isTold = (page: Page) => page.locator("html[data-live=stream]").waitFor({ state: "attached" });

describe("an open page", () => {
  it("turns when the other driver acts, without asking, and shows what becomes of the claim", async () => {
    const { id, A } = await readyPair(app, { real: true });
    await sign(id, "A");
    const page = await phoneOf(A);
    const asked: string[] = [];
    page.on("request", (request) => /\/live\?(?!.*shown=)/.test(request.url()) && asked.push(request.url()));
    await page.goto(A.urlOf("wait-signature"));
    await isTold(page);
    await sign(id, "B");
    await page.waitForURL(A.urlOf("done"));
    await isTold(page);
    await page.getByText("正在生成协议书").waitFor();
    await app.settle();
    await page.getByText(/^报案信息已发送给/).waitFor();
    assert.equal(await page.getByText("正在生成协议书").count(), 0);
    assert.deepEqual(asked, []);
    await page.context().close();
  });

  it("keeps what was entered when the text changes, and says so", async () => {
    const { id, A } = await readyPair(app);
    const page = await phoneOf(A);
    await page.goto(A.urlOf("sign"));
    await isTold(page);
    await page.locator("input[name=forwarding]").check();
    await giveDetails(app.ctx, { accidentId: id, letter: "B", details: { ...DETAILS.B, phone: "13900139001" } });
    await page.getByText("本次事故的内容刚刚有变化。").waitFor();
    assert.equal(await page.locator("input[name=forwarding]").isChecked(), true);
    await page.getByRole("link", { name: "查看最新内容" }).click();
    await page.getByText("13900139001").waitFor({ state: "attached" });
    await page.context().close();
  });

  it("renews itself where nothing was entered", async () => {
    const { id, A } = await readyPair(app);
    const page = await phoneOf(A);
    await page.goto(A.urlOf("sign"));
    await isTold(page);
    await giveDetails(app.ctx, { accidentId: id, letter: "B", details: { ...DETAILS.B, phone: "13900139002" } });
    await page.getByText("13900139002").waitFor({ state: "attached" });
    await page.context().close();
  });

  it("asks where no stream opens", async () => {
    const { id, A } = await readyPair(app);
    await sign(id, "A");
    const page = await phoneOf(A);
    await page.route("**/stream?**", (route) => route.fulfill({ status: 503 }));
    const asked = page.waitForRequest(/\/live\?page=wait-signature$/);
    await page.goto(A.urlOf("wait-signature"));
    await asked;
    await sign(id, "B");
    await page.waitForURL(A.urlOf("done"));
    await page.context().close();
  });

  it("asks where the stream says nothing", async () => {
    const { id, A } = await readyPair(app);
    await sign(id, "A");
    const page = await phoneOf(A);
    // a proxy that collects what it should pass on
    await page.route("**/stream?**", () => {});
    const asked = page.waitForRequest(/\/live\?page=wait-signature$/);
    await page.goto(A.urlOf("wait-signature"), { waitUntil: "domcontentloaded" });
    await asked;
    await sign(id, "B");
    await page.waitForURL(A.urlOf("done"));
    await page.context().close();
  });

  it("asks nothing while it is hidden, and says what is new when it is looked at again", async () => {
    const { A, B } = await readyPair(app);
    const page = await phoneOf(A);
    await page.goto(A.urlOf("sign"));
    await isTold(page);
    await page.getByText("还没打开").waitFor();
    await page.evaluate(`Object.defineProperty(document, "hidden", { get: () => window.isHidden, configurable: true });
      window.isHidden = true;
      document.dispatchEvent(new Event("visibilitychange"));`);
    await page.locator("html:not([data-live])").waitFor({ state: "attached" });
    while (app.ctx.streams.count() > 0) await new Promise((resolve) => setImmediate(resolve));
    await B.get("live?page=sign");
    assert.equal(await page.getByText("还没打开").count(), 1);
    await page.evaluate(`window.isHidden = false; document.dispatchEvent(new Event("visibilitychange"));`);
    await page.getByText("刚看过").waitFor();
    await page.context().close();
  });
});
