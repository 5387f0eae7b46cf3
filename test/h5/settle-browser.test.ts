import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { TestApp } from "../support/app.ts";
import { drawSignature } from "../support/draw-signature.ts";
import { withBrowser } from "../support/with-browser.ts";
import { type Driver, openPair, readyPair } from "./settle-driver.ts";

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

const PHONE = { width: 390, height: 844 };

async function phoneOf(driver: Driver, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, ...options });
  await context.addCookies([driver.cookie]);
  return context.newPage();
}

/** How far down on the pad the ink goes, 0 to 1. */
const LOWEST_INK = `(() => {
  const { width, height } = document.querySelector("canvas");
  const { data } = document.querySelector("canvas").getContext("2d").getImageData(0, 0, width, height);
  let at = data.length - 1;
  while (at > 0 && data[at] === 0) at -= 4;
  return at / data.length;
})()`;
const IS_PAD_CLEAR = `(() => {
  const pad = document.querySelector("canvas");
  const box = pad.getBoundingClientRect();
  return [0.1, 0.5, 0.9].every((part) => document.elementFromPoint(box.left + box.width / 2, box.top + box.height * part) === pad);
})()`;
const TOO_SMALL = `[...document.querySelectorAll("input:not([type]), input[type=text], input[type=tel], select")]
  .filter((field) => field.checkVisibility())
  .filter(({ offsetHeight, type, scrollWidth, clientWidth }) => offsetHeight < 48 || (type !== "select-one" && scrollWidth > clientWidth))
  .map((field) => field.name)`;

/** Words of tiles that the tick lies upon; a line of letters has some white above and below. */
const UNDER_TICK = `[...document.querySelectorAll(".kc-tile input")].flatMap((input) => {
  input.checked = true;
  const label = input.nextElementSibling;
  if (!label.checkVisibility()) return [];
  const { backgroundPosition, backgroundSize } = getComputedStyle(input);
  const size = parseFloat(backgroundSize);
  const gap = Number(/(\\d+)px\\)? /.exec(backgroundPosition)[1]);
  const box = input.getBoundingClientRect();
  const left = box.right - gap - size;
  const top = backgroundPosition.endsWith(")") ? box.bottom - gap - size : box.top + gap;
  const isUnder = [...label.querySelectorAll("span")]
    .flatMap((part) => {
      const words = document.createRange();
      words.selectNodeContents(part);
      return [...words.getClientRects()];
    })
    .some((word) => word.right > left && word.left < left + size && word.bottom > top + 4 && word.top < top + size - 4);
  return isUnder ? [label.textContent.trim()] : [];
})`;

const isTooWide = (page: Page) => page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");

describe("the second half in a browser", () => {
  it("opens the green button only after ink, clears it, keeps all of the ink when the phone is turned, and signs", async () => {
    const { id, A } = await readyPair(app);
    const page = await phoneOf(A);
    await page.goto(A.urlOf("sign"));
    const button = page.locator("footer button");
    const pad = page.locator("canvas");
    assert.equal(await button.isDisabled(), true);
    await drawSignature(page);
    assert.equal(await button.textContent(), "确认签名");
    assert.equal(await button.isDisabled(), false);
    await page.getByRole("button", { name: "重写" }).click();
    assert.equal(await button.isDisabled(), true);
    await drawSignature(page);
    await page.setViewportSize({ width: 844, height: 390 });
    assert.equal(await button.isDisabled(), false);
    while (!(await page.evaluate("document.querySelector('canvas').width > 800")));
    assert.ok((await page.evaluate<number>(LOWEST_INK)) < 0.95);
    await pad.evaluate("document.querySelector('canvas').scrollIntoView({ block: 'center' })");
    assert.equal(await page.evaluate<boolean>(IS_PAD_CLEAR), true, "nothing lies over the pad");
    const missing = page.locator("[data-missing]");
    await button.click();
    await missing.waitFor();
    assert.equal(page.url(), A.urlOf("sign"), "the ink is kept while the tick is missing");
    await page.locator("input[name=electronic]").setChecked(true, { force: true });
    assert.equal(await missing.isVisible(), false);
    await button.click();
    await page.waitForURL(A.urlOf("wait-signature"));
    assert.ok((await app.ctx.accidents.get(id)).parties.A.signature?.imageSha256);
  });

  it("goes from my car to waiting without script, in four touches for what happened", async () => {
    const { id, B } = await openPair(app, { language: { B: "en" } });
    const page = await phoneOf(B, { javaScriptEnabled: false });
    await page.goto(B.urlOf("details"));
    await page.getByLabel("Name", { exact: true }).fill("Maria Gonçalves");
    await page.getByLabel("Document", { exact: true }).selectOption("id-card");
    await page.getByLabel("ID number", { exact: true }).fill("310115194910010031");
    await page.getByLabel("Mobile").fill("13900139000");
    await page.getByLabel("Letters and digits").fill("ad12345");
    await page.getByLabel("Insurer", { exact: true }).selectOption("unknown");
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(B.urlOf("statement"));
    await page.getByLabel("The other driver's").check();
    assert.equal(await page.locator("#field-ownAct").isVisible(), false);
    await page.locator("#field-otherAct").getByRole("radio").first().check();
    await page.getByText("rear left", { exact: true }).click();
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(B.urlOf("wait-statement"));
    const { statement } = (await app.ctx.accidents.get(id)).parties.B ?? {};
    assert.deepEqual([statement?.ownAct, statement?.otherAct, statement?.impact], ["none", "QS-01", "rear-left"]);
  });

  it("lets nobody go on typing who was taken out of the case", async () => {
    const { A, B } = await openPair(app);
    const page = await phoneOf(B);
    await page.goto(B.urlOf("details"));
    await A.post("remove-other", {});
    await page.getByRole("heading", { name: "您不再参加本次事故的协商" }).waitFor();
  });

  it("shows which tile is chosen, clear of its words", async () => {
    for (const language of ["zh", "en"] as const) {
      const { A } = await readyPair(app, { language: { A: language } });
      const page = await phoneOf(A, { viewport: { width: 390, height: 700 }, deviceScaleFactor: 1 });
      for (const path of ["place", "details", "statement"]) {
        await page.goto(A.urlOf(path));
        assert.deepEqual(await page.evaluate<string[]>(UNDER_TICK), [], `${language} ${path}`);
      }
    }
  });

  it("fits a narrow phone in both languages, each field as high as a thumb and wide enough for what stands in it", async () => {
    for (const language of ["zh", "en"] as const) {
      const { A } = await readyPair(app, { language: { A: language } });
      const page = await phoneOf(A, { viewport: { width: 320, height: 640 }, deviceScaleFactor: 1 });
      for (const path of ["details", "statement", "sign", ""]) {
        await page.goto(A.urlOf(path));
        assert.equal(await isTooWide(page), false, `${language} ${path}`);
        assert.deepEqual(await page.evaluate<string[]>(TOO_SMALL), [], `${language} ${path}`);
      }
    }
  });
});
