import assert from "node:assert/strict";
import { describe, it } from "node:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import type { TestApp } from "../support/app.ts";
import { signedInOfficer } from "../support/desk-client.ts";
import { withBrowser } from "../support/with-browser.ts";
import { appliedPair, guidedPair } from "./disputed.ts";

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
let accounts = 0;

interface Desk {
  page: Page;
  /** what the Content-Security-Policy refused, and scripts that failed */
  faults: string[];
  close(): Promise<void>;
}

/** A signed-in officer before a screen. */
async function openDesk(path: string, colorScheme: "light" | "dark" = "light"): Promise<Desk> {
  accounts += 1;
  const officer = await signedInOfficer(app, { number: `B-${accounts}000`, role: "officer" });
  const viewport = { width: 1280, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme, locale: "en-US" });
  await context.addCookies(officer.cookies());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(`${app.url}${path}`);
  return { page, faults, close: () => context.close() };
}

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly: { type: "tag", values: RULES }, resultTypes: ["violations"] });
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    `axe.run(document, ${options})`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

const focusedRow = (page: Page) => page.evaluate<string>("document.activeElement.dataset.row || ''");

describe("the desk in a browser", () => {
  it("tells of what is new without a reload, in its title as well", async () => {
    const { page, faults, close } = await openDesk("/police/queue");
    await page.waitForFunction("!document.title.startsWith('(')");
    const { id } = await guidedPair(app);
    await page.waitForSelector(`a[href="/police/cases/${id}"]`);
    await page.waitForFunction("document.title.startsWith('(1) ')");
    assert.equal(await page.textContent("[data-news]"), "Something new waits");
    assert.deepEqual(faults, []);
    await close();
  });

  it("works by keys alone: to the case, taken, guided, and back", async () => {
    const pair = await guidedPair(app, { real: true });
    const { page, faults, close } = await openDesk("/police/queue");
    await page.keyboard.press("?");
    assert.equal(await page.getAttribute("[data-keys]", "open"), "");
    for (let presses = 0; presses < 20 && (await focusedRow(page)) !== `guidance/${pair.id}`; presses++)
      await page.keyboard.press("j");
    assert.equal(await focusedRow(page), `guidance/${pair.id}`);
    await page.keyboard.press("t");
    await page.waitForURL(`**/police/cases/${pair.id}`);
    await page.keyboard.press("1");
    await page.keyboard.press("2");
    assert.equal(await page.locator("[data-pair] img").count(), 2);
    await page.keyboard.press("Escape");
    assert.equal(await page.isVisible("[data-viewer]"), false);
    await page.keyboard.press("g");
    await page.waitForURL("**/guide");
    await page.focus("#field-text");
    await page.keyboard.type("<img src=x onerror=alert(1)> 请一起查看行车记录仪");
    for (let presses = 0; presses < 3; presses++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate("document.activeElement.tagName === 'BUTTON'")) break;
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/police/cases/${pair.id}`);
    assert.ok((await page.textContent("main"))?.includes("<img src=x onerror=alert(1)>"));
    const { dispute } = await app.ctx.accidents.get(pair.id);
    assert.equal(dispute?.guidance[0]?.state, "given");
    assert.deepEqual(faults, []);
    await close();
  });

  for (const scheme of ["light", "dark"] as const)
    it(`has nothing that axe finds, ${scheme}`, async () => {
      const pair = await appliedPair(app, { real: true });
      await guidedPair(app);
      const { page, faults, close } = await openDesk("/police/queue", scheme);
      assert.deepEqual(await findings(page), [], "queue");
      await page.click(`form[data-take="application/${pair.id}"] button`);
      await page.waitForURL(`**/police/cases/${pair.id}`);
      assert.deepEqual(await findings(page), [], "file");
      for (const summary of await page.locator(".desk-fold > summary").all()) {
        await summary.click();
        assert.deepEqual(await findings(page), [], "an act");
      }
      await page.goto(`${app.url}/police/cases/${pair.id}/guide`);
      assert.deepEqual(await findings(page), [], "guide");
      assert.deepEqual(faults, []);
      await close();
    });
});
