import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { LANGUAGES, type Language } from "../../src/domain/accident.ts";
import type { TestApp } from "../support/app.ts";
import { withBrowser } from "../support/with-browser.ts";

/** What WeChat leaves of a 390×844 phone. */
const PHONE = { width: 390, height: 700 };
const LIKELY = ["hurt", "cannot-move", "expressway", "somebody-left"];

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

async function startPage(language: Language): Promise<Page> {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true, locale });
  const phone = `oStart${language}${"0".repeat(22)}`;
  await context.addCookies([{ name: "phone", value: phone, url: app.url }]);
  await context.addCookies([{ name: "lang", value: language, url: app.url }]);
  const page = await context.newPage();
  await page.goto(`${app.url}/h5/start`);
  return page;
}

async function endOf(target: Locator): Promise<number> {
  const box = await target.boundingBox();
  assert.ok(box);
  return box.y + box.height;
}

describe("page 1 on a phone", () => {
  for (const language of LANGUAGES)
    it(`shows the likely exceptions and the row of the others without scrolling, in ${language}`, async () => {
      const page = await startPage(language);
      const foot = await page.locator("footer").boundingBox();
      for (const id of LIKELY) {
        const tile = page.locator(`button[name=condition][value=${id}]`);
        assert.ok((await endOf(tile)) <= foot!.y, id);
      }
      assert.ok((await endOf(page.locator("details summary"))) <= foot!.y);
      await page.context().close();
    });

  it("has its ticks still after a look at the privacy notice", async () => {
    const page = await startPage("en");
    const tick = page.locator("input[name=sensitive]");
    await tick.check();
    await page.waitForFunction('Object.keys(localStorage).some((name) => name.startsWith("kc-draft:"))');
    await page.locator("main a[href='/h5/privacy']").first().click();
    await page.locator("[data-back] a").click();
    await page.waitForURL(/\/h5\/start/);
    assert.equal(await tick.isChecked(), true);
    await page.context().close();
  });

  it("folds the rare ones behind a row that says so, and a tap on one leads to what to do", async () => {
    const page = await startPage("zh");
    const rare = page.getByRole("button", { name: "涉嫌饮酒" });
    assert.equal(await rare.isVisible(), false);
    await page.getByText("其他不能自行协商的情形").tap();
    await rare.tap();
    await page.getByRole("heading", { level: 1, name: "请保护现场，立即报警" }).waitFor();
    await page.context().close();
  });

  it("declares by the words of its button, with the whole statement and then the ticks directly above it", async () => {
    const page = await startPage("zh");
    const button = page.locator("footer .kc-act button");
    assert.equal(await button.textContent(), "没有人受伤，车能开，继续");
    const order = ["#field-condition", "#field-vehicles", ".kc-statement", "#field-notice", "#field-sensitive"];
    const tops = await Promise.all(order.map(async (part) => (await page.locator(part).boundingBox())!.y));
    assert.deepEqual(
      tops,
      tops.toSorted((a, b) => a - b),
    );
    const last = page.locator("main form#act > *").last();
    assert.equal(
      await last.locator("input[name=notice], input[name=sensitive]").count(),
      2,
      "nothing stands between the ticks and the button",
    );
    await page.context().close();
  });
});
