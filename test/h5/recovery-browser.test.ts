import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { endAccident } from "../../src/actions/end-accident.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import type { TestApp } from "../support/app.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { withBrowser } from "../support/with-browser.ts";
import { type Driver, fieldValue, openPair, readyPair } from "./settle-driver.ts";

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

async function phoneOf(driver: Driver): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 700 }, hasTouch: true });
  await context.addCookies([driver.cookie]);
  return context.newPage();
}

const words = (language: "zh" | "en", key: string) => app.ctx.render.words(language).find(`h5.${key}`) ?? key;

async function sign(driver: Driver): Promise<void> {
  const contentDigest = fieldValue((await driver.get("sign")).html, "contentDigest");
  await driver.post("sign", { contentDigest, signature: SIGNATURE, electronic: "yes", forwarding: "yes" });
}

for (const language of ["zh", "en"] as const) {
  const both = { language: { A: language, B: language } };
  const button = (page: Page, key: string) => page.getByRole("button", { name: words(language, key), exact: true });
  const link = (page: Page, key: string) => page.getByRole("link", { name: words(language, key), exact: true });
  const titled = (page: Page, key: string) =>
    page.getByRole("heading", { name: words(language, key), level: 1 }).waitFor();

  describe(`recoveries on a phone (${language})`, () => {
    it("the other driver is taken out after a question; their open page says why", async () => {
      const pair = await openPair(app, both);
      const [a, b] = [await phoneOf(pair.A), await phoneOf(pair.B)];
      await b.goto(pair.B.urlOf("details"));
      await a.goto(pair.A.urlOf("way-out"));
      await link(a, "invite.remove").click();
      await titled(a, "remove.title");
      await button(a, "remove.act").click();
      await a.waitForURL(pair.A.urlOf("invite"));
      await titled(b, "absent.removed-from-case.title");
      await link(b, "join.enterDigits").click();
      await titled(b, "join.digitsTitle");
    });

    it("a case ended by mistake goes on for both", async () => {
      const pair = await readyPair(app, both);
      await endAccident(app.ctx, { accidentId: pair.id, letter: "A", code: "withdrawn" });
      const [a, b] = [await phoneOf(pair.A), await phoneOf(pair.B)];
      await b.goto(pair.B.urlOf("ended"));
      await a.goto(pair.A.urlOf("ended"));
      await a
        .locator("footer")
        .getByRole("button", { name: words(language, "resume.act") })
        .click();
      await a.waitForURL(pair.A.urlOf("sign"));
      await b.waitForURL(pair.B.urlOf("sign"));
    });

    it("a case that the other driver has ended is asked back, and the open page of that driver shows it by itself", async () => {
      const pair = await readyPair(app, both);
      await endAccident(app.ctx, { accidentId: pair.id, letter: "A", code: "withdrawn" });
      const [a, b] = [await phoneOf(pair.A), await phoneOf(pair.B)];
      await a.goto(pair.A.urlOf("ended"));
      await b.goto(pair.B.urlOf("ended"));
      const part = (key: string) => words(language, key).split("{")[0] ?? "";
      await button(b, "resume.ask").first().click();
      await b.locator("#resume", { hasText: part("resume.waiting") }).waitFor();
      await a.locator("#resume", { hasText: part("resume.asked") }).waitFor();
      await button(a, "resume.act").first().click();
      await b.waitForURL(pair.B.urlOf("sign"));
    });

    it("a correction after the signature is said and marked; the own signature is taken back in one tap", async () => {
      const pair = await readyPair(app, both);
      await sign(pair.A);
      const page = await phoneOf(pair.A);
      await page.goto(pair.A.urlOf("wait-signature"));
      const details = { ...DETAILS.B, phone: "13712345679" };
      await giveDetails(app.ctx, { accidentId: pair.id, letter: "B", details });
      await page.waitForURL(pair.A.urlOf("sign"));
      await page.locator("#correction ins", { hasText: "137***79" }).waitFor();
      assert.equal(await page.locator(".kc-piece_changed").count(), 1);
      assert.equal(await page.locator("[name=forwarding]").isChecked(), true);
      // an open page follows the case by itself
      await page.goto("about:blank");
      await sign(pair.A);
      await page.goto(pair.A.urlOf("wait-signature"));
      await link(page, "signed.see").click();
      await titled(page, "signed.title");
      await button(page, "signed.takeBack").click();
      await page.waitForURL(pair.A.urlOf("sign"));
      assert.equal((await app.ctx.accidents.get(pair.id)).parties.A.signature, null);
    });

    it("a code that runs out is renewed on the open page, and is one tap away from the form", async () => {
      const pair = await openPair(app, both);
      await pair.A.post("remove-other", {});
      const page = await phoneOf(pair.A);
      await page.clock.install();
      await page.goto(pair.A.urlOf("details"));
      await link(page, "invite.code").click();
      const digits = page.locator(".kc-digits");
      const before = (await digits.textContent()) ?? "";
      app.clock.advance(16 * 60_000);
      await page.clock.fastForward(16 * 60_000);
      await page.locator(".kc-digits", { hasNotText: before }).waitFor();
      const { invitation } = await app.ctx.accidents.get(pair.id);
      assert.equal((await digits.textContent())?.replace(" ", ""), invitation?.digits);
      // what is refused is not asked for again and again
      let refused = 0;
      await page.route("**/invitation", (route) => {
        refused++;
        return route.fulfill({ status: 403, json: {} });
      });
      const asked = page.waitForResponse("**/invitation");
      await page.clock.fastForward(16 * 60_000);
      await asked;
      await page.clock.runFor(60_000);
      assert.equal(refused, 1);
    });

    it("the paper is enlarged with two fingers and by its buttons", async () => {
      const pair = await readyPair(app, { ...both, real: true });
      await sign(pair.A);
      await sign(pair.B);
      await app.settle();
      const page = await phoneOf(pair.A);
      await page.goto(pair.A.urlOf("done"));
      await link(page, "done.open").click();
      await titled(page, "paper.title");
      const picture = page.locator("[data-viewer] img").first();
      const widthOf = async () => (await picture.boundingBox())?.width ?? 0;
      const plain = await widthOf();
      await button(page, "paper.larger").click();
      const larger = await widthOf();
      assert.ok(larger > plain * 1.4, `${plain} to ${larger}`);
      await page.evaluate(PINCH);
      assert.ok((await widthOf()) > larger * 1.4);
      assert.equal(await page.locator("[data-viewer] img").count(), 2);
      await link(page, "paper.back").click();
      await page.waitForURL(pair.A.urlOf("done"));
    });
  });
}

/** Two fingers on the paper move apart to twice their distance. */
const PINCH = `(() => {
  const target = document.querySelector("[data-viewer]");
  const touch = (identifier, clientX) => new Touch({ identifier, target, clientX, clientY: 300 });
  const fire = (type, touches) => target.dispatchEvent(new TouchEvent(type, { touches, cancelable: true, bubbles: true }));
  fire("touchstart", [touch(1, 150), touch(2, 250)]);
  fire("touchmove", [touch(1, 100), touch(2, 300)]);
  fire("touchend", []);
})()`;

describe("the code for the other driver on the page after the photographs", () => {
  it("is not cut by the footer at 390 x 700", async () => {
    const pair = await openPair(app);
    await pair.A.post("remove-other", {});
    await app.ctx.accidents.change(pair.id, (accident) => ({ accident: { ...accident, movedAt: null }, events: [] }));
    const page = await phoneOf(pair.A);
    await page.goto(pair.A.urlOf("move"));
    const [code, foot] = [await page.locator(".kc-qr").boundingBox(), await page.locator(".kc-foot").boundingBox()];
    assert.ok(code && foot && code.y + code.height <= foot.y, JSON.stringify({ code, foot }));
  });
});
