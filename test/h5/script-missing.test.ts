import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { LANGUAGES, type Language } from "../../src/domain/accident.ts";
import type { WordKey } from "../../src/render.ts";
import type { TestApp } from "../support/app.ts";
import { withBrowser } from "../support/with-browser.ts";
import { type Driver, readyPair } from "./settle-driver.ts";

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

async function phoneOf(driver: Driver, javaScriptEnabled = true): Promise<Page> {
  const viewport = { width: 390, height: 700 };
  const context = await browser.newContext({ viewport, hasTouch: true, javaScriptEnabled });
  await context.addCookies([driver.cookie]);
  return context.newPage();
}

type Fault = (page: Page) => Promise<unknown>;

/** Ways in which the script of the signature does not come up. */
const FAULTS: Record<string, Fault> = {
  "does not load": (page) => page.route("**/signature.js", (route) => route.abort()),
  "is not understood": (page) =>
    page.route("**/signature.js", (route) =>
      route.fulfill({ body: "class A { #b ?? }", contentType: "text/javascript" }),
    ),
  "fails half-way": (page) => page.addInitScript("HTMLCanvasElement.prototype.getContext = () => null"),
};

const word = (language: Language, key: WordKey) => app.ctx.render.words(language).find(key) ?? assert.fail(key);
const reload = (page: Page, language: Language) => page.getByRole("link", { name: word(language, "h5.sign.reload") });

async function saysSo(page: Page, language: Language = "zh"): Promise<void> {
  await page.getByText(word(language, "h5.sign.noPad")).waitFor();
  await reload(page, language).waitFor();
  const buttons = await page.locator("footer .kc-btn:visible").allTextContents();
  assert.deepEqual(buttons, [word(language, "h5.sign.reload")]);
}

// each waits most of its time, for what a page says after three seconds
describe("the page of the signature", { concurrency: 3 }, () => {
  const cases = Object.entries(FAULTS).flatMap((fault) => LANGUAGES.map((language) => [...fault, language] as const));
  for (const [fault, arrange, language] of cases)
    it(`says what to do where its script ${fault}: no dead button, and one tap opens it again (${language})`, async () => {
      const { A } = await readyPair(app, { language: { A: language } });
      const page = await phoneOf(A);
      await arrange(page);
      await page.goto(A.urlOf("sign"));
      await saysSo(page, language);
      await page.unrouteAll();
      const [again] = await Promise.all([page.waitForResponse(A.urlOf("sign")), reload(page, language).click()]);
      assert.equal(again.status(), 200);
      if (fault !== "fails half-way") await page.locator("canvas").waitFor();
      await page.context().close();
    });

  it("says so without script as well", async () => {
    const { A } = await readyPair(app);
    const page = await phoneOf(A, false);
    await page.goto(A.urlOf("sign"));
    await saysSo(page);
    await page.context().close();
  });

  it("takes the stand-in away when the pad is up, sized by its box where there are no observers", async () => {
    const { A } = await readyPair(app);
    const page = await phoneOf(A);
    await page.addInitScript("delete globalThis.ResizeObserver; delete globalThis.IntersectionObserver");
    await page.goto(A.urlOf("sign"));
    await page.getByRole("button", { name: word("zh", "h5.sign.needInk") }).waitFor();
    assert.equal(await page.locator("[data-without-pad]").count(), 0);
    const sizes = await page.evaluate<number[]>(`(() => {
      const { width, height, clientWidth, clientHeight } = document.querySelector("canvas");
      return [width / clientWidth, height / clientHeight];
    })()`);
    assert.deepEqual(sizes, [1, 1]);
    await page.context().close();
  });
});

/** The set-up of the viewfinder throws. */
const NO_TORCH = `(() => {
  const find = Element.prototype.querySelector;
  Element.prototype.querySelector = function (selector) {
    if (selector === "[data-torch]") throw new Error(selector);
    return find.call(this, selector);
  };
})()`;
const PHOTO_FAULTS: [string, Fault][] = [
  ["does not load", (page) => page.route("**/camera.js", (route) => route.abort())],
  ["fails half-way", (page) => page.addInitScript(NO_TORCH)],
];

describe("the page of the photographs", () => {
  for (const [n, [fault, arrange]] of PHOTO_FAULTS.entries())
    it(`takes pictures by the phone's own camera where its script ${fault}`, async () => {
      const context = await browser.newContext({ viewport: { width: 390, height: 700 } });
      await context.addCookies([{ name: "phone", value: `oWithoutScript0000000000000${n}`, url: app.url }]);
      const page = await context.newPage();
      await arrange(page);
      await page.goto(`${app.url}/h5/start`);
      for (const tick of await page.getByRole("checkbox").all()) await tick.check();
      await page.getByRole("button", { name: "没有人受伤，车能开，继续" }).last().click();
      await page.waitForURL("**/photos");
      assert.equal(await page.locator("#send").isVisible(), true);
      assert.equal(await page.locator("#shoot").isVisible(), false);
      assert.equal(await page.locator("input[name=scene]").isVisible(), true);
      await context.close();
    });
});
