import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { LANGUAGES, type Language } from "../../src/domain/accident.ts";
import { IDLE_MS } from "../../src/http/session.ts";
import type { WordKey } from "../../src/render.ts";
import type { TestApp } from "../support/app.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { withBrowser } from "../support/with-browser.ts";
import { type Driver, driverOf, fieldValue, newPerson, openCase, readyPair, takePhotos } from "./settle-driver.ts";

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

/** The driver's phone: the stand-in of the platform knows it, so that a sign-in asks nothing. */
async function phoneOf({ person, cookie }: Driver): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 700 }, hasTouch: true });
  await context.addCookies([cookie, { name: "phone", value: person.openid, url: app.url }]);
  return context.newPage();
}

async function sign(driver: Driver): Promise<void> {
  const contentDigest = fieldValue((await driver.get("sign")).html, "contentDigest");
  const { status } = await driver.post("sign", { contentDigest, signature: SIGNATURE, electronic: "yes" });
  assert.equal(status, 303);
}

/** The page of the driver's case; the platform's mark on an address stays. */
const at = (page: Page, driver: Driver, path: string) =>
  page.waitForURL((url) => url.href.split("#")[0] === driver.urlOf(path));

const word = (language: Language, key: WordKey) => app.ctx.render.words(language).find(key) ?? assert.fail(key);

for (const language of LANGUAGES) {
  const both = { language: { A: language, B: language } };
  const button = (page: Page, key: WordKey) =>
    page.getByRole("button", { name: word(language, key), exact: true }).first();
  const link = (page: Page, key: WordKey) => page.getByRole("link", { name: word(language, key), exact: true }).first();
  const titled = (page: Page, key: WordKey) =>
    page.getByRole("heading", { name: word(language, key), level: 1 }).waitFor();
  const begun = async () => {
    const person = await newPerson(app.ctx, language);
    const { id } = await openCase(app.ctx, person);
    return { id, driver: driverOf(app, id, person) };
  };

  describe(`the way back on a phone (${language})`, () => {
    it("a case that both have begun becomes one: the scan says what becomes of the own one", async () => {
      const [theirs, mine] = [await begun(), await begun()];
      await takePhotos(app.ctx, theirs.id, false);
      const { invitation } = await makeInvitation(app.ctx, { accidentId: theirs.id, letter: "A" });
      const own = await app.ctx.accidents.get(mine.id);
      const page = await phoneOf(mine.driver);
      await page.goto(`${app.url}/h5/join/${invitation?.code}`);
      await titled(page, "h5.join.title");
      await page.getByText(own.number).waitFor();
      for (const tick of ["notice", "sensitive"]) await page.locator(`input[name=${tick}]`).check();
      await page.locator("footer button").click();
      await page.waitForURL(theirs.driver.urlOf("details"));
      assert.equal((await app.ctx.accidents.get(mine.id)).ended?.code, "withdrawn");
      await page.goto(`${app.url}/h5`);
      await page.waitForURL(theirs.driver.urlOf("details"));
      await page.context().close();
    });

    it("a case that is over is found again, with its paper, and is rated and complained of", async () => {
      const pair = await readyPair(app, { ...both, real: true });
      for (const driver of [pair.A, pair.B]) await sign(driver);
      await app.settle();
      const page = await phoneOf(pair.A);
      await page.goto(`${app.url}/h5`);
      await page.waitForURL("**/h5/cases");
      await titled(page, "h5.cases.title");
      await page.getByRole("heading", { name: word(language, "h5.cases.settled"), exact: true }).waitFor();
      await link(page, "h5.done.open").click();
      await titled(page, "h5.paper.title");
      await page.goto(pair.A.urlOf("done"));
      await link(page, "h5.feedback.title").click();
      await page.locator("label:has([name=rating][value='2'])").click();
      await page.locator("[name=complaint]").fill("paper");
      await button(page, "h5.feedback.act").click();
      await page.locator("p.kc-note[role=status]").waitFor();
      assert.equal(await page.locator("[name=complaint]").inputValue(), "paper");
      const { events } = await app.ctx.accidents.get(pair.id);
      assert.deepEqual(events.find(({ type }) => type === "feedback-given")?.data, { rating: 2, isComplaint: true });
      await page.context().close();
    });

    it("half an hour without use asks for a sign-in, which leads to the same page; so does a lost cookie", async () => {
      const { A } = await readyPair(app, both);
      const page = await phoneOf(A);
      const signIns: string[] = [];
      page.on("request", (request) => request.url().includes("/h5/oauth") && signIns.push(request.url()));
      await page.goto(A.urlOf("sign"));
      app.clock.advance(IDLE_MS + 1_000);
      await page.goto(A.urlOf("details"));
      await at(page, A, "details");
      assert.equal(signIns.length, 1);
      await page.context().clearCookies({ name: "kc" });
      await page.goto(A.urlOf("statement"));
      await at(page, A, "statement");
      assert.equal(signIns.length, 2);
      // the address of the call-back, opened again
      await page.goto(String(signIns[1]));
      await at(page, A, "statement");
      await page.context().close();
    });

    it("a sign-out shows nothing more, and the next opening signs in again", async () => {
      const { A } = await readyPair(app, both);
      const page = await phoneOf(A);
      await page.goto(`${app.url}/h5/cases`);
      await button(page, "h5.signedOut.here").click();
      await titled(page, "h5.signedOut.title");
      assert.equal((await page.context().cookies()).find(({ name }) => name === "kc")?.value ?? "", "");
      await link(page, "h5.signedOut.back").click();
      await page.waitForURL(/\/h5\/cases/);
      await titled(page, "h5.cases.title");
      await page.context().close();
    });
  });
}
