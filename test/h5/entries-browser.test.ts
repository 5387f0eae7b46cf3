import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { endAccident } from "../../src/actions/end-accident.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { resumeAccident } from "../../src/actions/resume-accident.ts";
import type { Language } from "../../src/domain/accident.ts";
import type { WordKey } from "../../src/render.ts";
import type { TestApp } from "../support/app.ts";
import { DETAILS } from "../support/drivers.ts";
import { withBrowser } from "../support/with-browser.ts";
import { type Driver, openPair, readyPair } from "./settle-driver.ts";

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

async function phoneOf(driver: Driver, path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 700 }, hasTouch: true });
  // what the stand-in of the platform knows the phone by, for a silent sign-in
  await context.addCookies([driver.cookie, { name: "phone", value: driver.person.openid, url: app.url }]);
  const page = await context.newPage();
  await page.goto(driver.urlOf(path));
  return page;
}

const word = (language: Language, key: WordKey) => app.ctx.render.words(language).find(key) ?? assert.fail(key);
const { name, idNumber, phone, insurerCode } = DETAILS.B;
const TYPED = { name, idNumber, phone, serial: "AD05271", insurerCode, policyNumber: "" };

const DRAFTS = 'Object.keys(localStorage).filter((name) => name.startsWith("kc-draft:")).length';
/** A draft is sealed a moment after the last key. */
const draftsAre = (page: Page, count: number) => page.waitForFunction(`${DRAFTS} === ${count}`);

async function typeDetails(page: Page): Promise<void> {
  for (const field of ["name", "idNumber", "phone", "serial"] as const)
    await page.locator(`[name=${field}]`).fill(TYPED[field]);
  await page.locator("[name=insurerCode]").selectOption(insurerCode);
  await draftsAre(page, 1);
}

async function hasDetails(page: Page): Promise<void> {
  await page.locator("[data-brought-back]").waitFor();
  for (const [field, value] of Object.entries(TYPED))
    assert.equal(await page.locator(`[name=${field}]`).inputValue(), value, field);
}

const green = (page: Page) => page.locator("footer button").click();
const eventsOf = async (id: string, type: string) =>
  (await app.ctx.accidents.get(id)).events.filter((event) => event.type === type).length;

describe("what was entered comes back", () => {
  for (const language of ["zh", "en"] as const)
    it(`after a change of language, a reload and a way to another page (${language})`, async () => {
      const { A, B } = await openPair(app, { language: { A: language, B: language } });
      const page = await phoneOf(B, "details");
      await typeDetails(page);
      await page.locator(".kc-language button").click();
      await hasDetails(page);
      await page.reload();
      await hasDetails(page);
      await page.locator(".kc-wayout").click();
      await page.waitForURL("**/way-out");
      await page.goBack();
      await hasDetails(page);
      await page.goto(B.urlOf("details"));
      await hasDetails(page);
      await page.context().close();

      const place = await phoneOf(A, "place");
      await place.locator("[name=address]").fill("人民大道近黄陂北路");
      await place.locator("label:has([name=weather][value=snow])").click();
      await draftsAre(place, 1);
      await place.reload();
      await place.getByText(word(language, "h5.draft.broughtBack")).waitFor();
      assert.equal(await place.locator("[name=address]").inputValue(), "人民大道近黄陂北路");
      assert.equal(await place.locator("[name=weather]:checked").inputValue(), "snow");
      await place.getByRole("button", { name: word(language, "h5.draft.drop") }).click();
      await place.waitForURL(A.urlOf("place"));
      await place.locator("[name=address][value=延安东路近外滩]").waitFor();
      assert.equal(await place.evaluate(DRAFTS), 0);
      await place.context().close();
    });

  for (const language of ["zh", "en"] as const)
    it(`after a sign-in that a lost cookie has made necessary; then it is taken and forgotten (${language})`, async () => {
      const { id, B } = await openPair(app, { language: { B: language } });
      const page = await phoneOf(B, "details");
      await typeDetails(page);
      await page.context().clearCookies({ name: "kc" });
      await green(page);
      await page.getByText(word(language, "h5.draft.broughtBack")).waitFor();
      await hasDetails(page);
      assert.equal(await eventsOf(id, "details-given"), 0);
      await green(page);
      await page.waitForURL(B.urlOf("statement"));
      assert.equal(await page.evaluate(DRAFTS), 0);
      assert.equal((await app.ctx.accidents.get(id)).parties.B?.details?.idNumber, idNumber);
      await page.context().close();
    });

  it("never to a second person on the same phone, for whom it is removed", async () => {
    const { A, B } = await openPair(app);
    const page = await phoneOf(B, "details");
    await typeDetails(page);
    const stored = await page.evaluate<string>("JSON.stringify(localStorage)");
    assert.ok(!stored.includes(idNumber) && !stored.includes(name), "unreadable on the phone");
    await page.context().addCookies([A.cookie]);
    await page.reload();
    await draftsAre(page, 0);
    assert.equal(await page.locator("[name=idNumber]").inputValue(), "");
    assert.equal(await page.locator("[data-brought-back]").isVisible(), false);
    await page.context().close();
  });

  it("when the case that had ended meanwhile is taken up again", async () => {
    const { id, B } = await openPair(app);
    const page = await phoneOf(B, "details");
    await page.route(/\/(stream|live)\?/, (route) => route.abort());
    await page.reload();
    await typeDetails(page);
    await endAccident(app.ctx, { accidentId: id, letter: "A", code: "withdrawn" });
    await green(page);
    await page.waitForURL(B.urlOf("ended"));
    await resumeAccident(app.ctx, { accidentId: id, letter: "A" });
    await page.goto(B.urlOf("details"));
    await hasDetails(page);
    await page.context().close();
  });

  it("the tick for the insurers for the same insurers alone", async () => {
    const { id, A } = await readyPair(app);
    const page = await phoneOf(A, "sign");
    await page.route(/\/(stream|live)\?/, (route) => route.abort());
    const tick = page.locator("[name=forwarding]");
    await tick.check();
    await draftsAre(page, 1);
    await page.reload();
    await page.locator("[data-brought-back]").waitFor();
    assert.equal(await tick.isChecked(), true);
    await giveDetails(app.ctx, { accidentId: id, letter: "B", details: { ...DETAILS.B, insurerCode: "PAIC" } });
    await page.goto(A.urlOf("sign"));
    await page.locator("[data-pad] canvas").waitFor();
    assert.equal(await tick.isChecked(), false);
    await page.context().close();
  });

  it("not after two hours", async () => {
    const { B } = await openPair(app);
    const page = await phoneOf(B, "details");
    await typeDetails(page);
    await page.evaluate(`for (const name of Object.keys(localStorage))
      localStorage.setItem(name, localStorage.getItem(name).replace(/^\\d+/, Date.now() - 7200000))`);
    await page.reload();
    assert.equal(await page.evaluate(DRAFTS), 0);
    assert.equal(await page.locator("[name=idNumber]").inputValue(), "");
    await page.context().close();
  });

  it("with the errors of a wrong field: they are in the title, and nothing is lost by a reload", async () => {
    const { B } = await openPair(app);
    const page = await phoneOf(B, "details");
    await typeDetails(page);
    await page.locator("[name=phone]").fill("139");
    await green(page);
    await page.locator("#error-phone").waitFor();
    assert.match(await page.title(), /^错误：/);
    assert.equal(await page.locator("[name=idNumber]").inputValue(), idNumber);
    await page.reload();
    await page.locator("[data-brought-back]").waitFor();
    assert.equal(await page.locator("[name=phone]").inputValue(), "139");
    await page.context().close();
  });
});

describe("a form without a network", () => {
  for (const language of ["zh", "en"] as const)
    it(`waits, says so and goes by itself, once (${language})`, async () => {
      const { id, B } = await openPair(app, { language: { B: language } });
      const page = await phoneOf(B, "details");
      await typeDetails(page);
      await page.context().setOffline(true);
      await green(page);
      await page.getByText(word(language, "h5.draft.unsent")).waitFor();
      assert.equal(await page.locator("[name=idNumber]").inputValue(), idNumber);
      // a tap of an impatient driver
      await green(page);
      await page.context().setOffline(false);
      await page.waitForURL(B.urlOf("statement"));
      assert.equal(await eventsOf(id, "details-given"), 1);
      await page.context().close();
    });

  it("whose answer was lost is sent again and counts once", async () => {
    const { id, B } = await openPair(app);
    const page = await phoneOf(B, "details");
    await typeDetails(page);
    let posts = 0;
    await page.route("**/details", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      if (++posts > 1) return route.continue();
      await route.fetch({ maxRedirects: 0 });
      await route.abort("connectionreset");
    });
    await green(page);
    await page.waitForURL(B.urlOf("statement"));
    assert.equal(posts, 2);
    assert.equal(await eventsOf(id, "details-given"), 1);
    await page.context().close();
  });

  it("is led on by a tap while the next page is slow, and is not sent again", async () => {
    const { id, B } = await openPair(app);
    const page = await phoneOf(B, "details");
    await typeDetails(page);
    const asked: string[] = [];
    let pageAsked = (): void => {};
    const firstAsked = new Promise<void>((resolve) => {
      pageAsked = resolve;
    });
    await page.route("**/h5/accidents/**", (route) => {
      const request = route.request();
      if (request.method() !== "POST" && !request.isNavigationRequest()) return route.continue();
      asked.push(request.method());
      // the first page asked for never comes
      if (asked.join() !== "POST,GET") return route.continue();
      pageAsked();
    });
    const box = (await page.locator("footer button").boundingBox()) ?? assert.fail("no button");
    // by its place: a click on the button itself waits for the page that does not come
    const tap = () => page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    await tap();
    await firstAsked;
    await tap();
    await page.waitForURL(B.urlOf("statement"));
    assert.deepEqual(asked, ["POST", "GET", "GET"]);
    assert.equal(await eventsOf(id, "details-given"), 1);
    await page.context().close();
  });
});
