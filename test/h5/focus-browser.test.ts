import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Browser } from "playwright-core";
import type { TestApp } from "../support/app.ts";
import { withBrowser } from "../support/with-browser.ts";
import { openPair } from "./settle-driver.ts";

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

/** True when the field with the focus is below the screen or under the bottom. */
const COVERED = `(() => {
  const { bottom, left, width } = document.activeElement.getBoundingClientRect();
  const at = document.elementFromPoint(left + width / 2, bottom - 2);
  return bottom > innerHeight || at === null || at.closest(".kc-foot") !== null;
})()`;

describe("a field with the focus", () => {
  for (const height of [700, 500])
    it(`stands clear of the button below it and shows a ring, at a height of ${height}`, async () => {
      const { B } = await openPair(app);
      const context = await browser.newContext({ viewport: { width: 390, height }, hasTouch: true });
      await context.addCookies([B.cookie]);
      const page = await context.newPage();
      await page.goto(B.urlOf("details"));
      const seen: string[] = [];
      while (!seen.includes("policyNumber")) {
        await page.keyboard.press("Tab");
        const name = await page.evaluate<string>("document.activeElement.getAttribute('name') || ''");
        if (!name || name === "language" || /Licence$/.test(name)) continue;
        seen.push(name);
        assert.equal(await page.evaluate(COVERED), false, name);
        assert.notEqual(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none", name);
      }
      assert.ok(seen.length >= 8, seen.join());
      await context.close();
    });
});
