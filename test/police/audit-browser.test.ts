import assert from "node:assert/strict";
import { describe, it } from "node:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { drawSample } from "../../src/actions/draw-sample.ts";
import { recordFinding } from "../../src/actions/record-finding.ts";
import { LANGUAGES, type Language } from "../../src/domain/accident.ts";
import { createLog } from "../../src/log.ts";
import { createMetrics } from "../../src/metrics.ts";
import { openStore } from "../../src/open-store.ts";
import { seed } from "../seed/main.ts";
import type { TestApp } from "../support/app.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { type DeskClient, newOfficer, PASSWORD } from "../support/desk-client.ts";
import { withBrowser } from "../support/with-browser.ts";

/** What axe looks at: everything in the light, and what alone depends on the colours in the dark. */
const RULES = {
  light: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  dark: { type: "rule", values: ["color-contrast"] },
} as const;
const YEAR_MS = 365 * 24 * 3600_000;

let app: TestApp;
let browser: Browser;
withBrowser((startedApp, startedBrowser) => {
  app = startedApp;
  browser = startedBrowser;
});

/** Cases of a year, an auditor, a draw of theirs with a finding; made once. */
let made: Promise<{ auditor: DeskClient; draw: string; judged: string }> | undefined;
const seeded = () => (made ??= make());

async function make() {
  const { ctx } = app;
  const override = { databaseUri: app.databaseUri, limits: CALM_DATABASE };
  const store = await openStore(ctx.config, override, createLog("silent"), createMetrics());
  await seed(store, ctx.config, { cases: 120, seed: 3, pictures: 120, besideReal: false }, () => {});
  await store.close();
  const auditor = await newOfficer(app, { number: "P-audit", role: "auditor" });
  const officer = (await ctx.officers.find(ctx.officers.idOf("P-audit")))!;
  const now = ctx.clock.now().getTime();
  const who = { officer, address: "test" };
  const order = {
    from: new Date(now - YEAR_MS),
    to: new Date(now),
    district: null,
    random: 12,
    byRisk: 4,
    seed: "2026-a",
  };
  const draw = await drawSample(ctx, { ...who, ...order });
  const [first, second] = draw.cases.map(({ accidentId }) => accidentId);
  const note = "号牌照片与填写的号牌不一致，需向当事人核实。";
  const open = { due: "2020-01-05", state: "open" as const };
  const found = { ...who, draw, revision: 0 };
  await recordFinding(ctx, { ...found, accidentId: first!, finding: "suspected-fraud", note, followUp: open });
  await recordFinding(ctx, { ...found, accidentId: second!, finding: "in-order", note: "", followUp: null });
  return { auditor, draw: draw.id, judged: first! };
}

/** A window of the desk in which the auditor is signed in; what its policy refuses is collected. */
async function signIn(language: Language): Promise<{ page: Page; refused: readonly string[] }> {
  const { auditor } = await seeded();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: language === "zh" ? "zh-CN" : "en",
  });
  const refused: string[] = [];
  await context.exposeFunction("tellRefused", (what: string) => refused.push(what));
  await context.addInitScript(
    'addEventListener("securitypolicyviolation", (event) => tellRefused(event.violatedDirective + " " + event.blockedURI))',
  );
  const page = await context.newPage();
  await page.goto(`${app.url}/police/sign-in`);
  await page.evaluate(axe.source);
  assert.deepEqual(await findings(page, "light"), [], "sign-in");
  await page.fill("#field-number", auditor.number);
  await page.fill("#field-password", PASSWORD);
  await page.fill("#field-code", auditor.code());
  await page.click("main .desk-act");
  app.clock.advance(30_000);
  await page.waitForURL(/\/police\/(?!sign-in)/);
  return { page, refused };
}

/** What axe finds, as "RULE: the elements". */
async function findings(page: Page, scheme: keyof typeof RULES): Promise<string[]> {
  const options = JSON.stringify({ runOnly: RULES[scheme], resultTypes: ["violations"] });
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    `axe.run(document, ${options})`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

const pages = async (): Promise<Record<string, string>> => {
  const { draw, judged } = await seeded();
  return {
    search: "/police/search?state=settled",
    "search-wrong": "/police/search?cell=nowhere&from=2026-13-01",
    audit: "/police/audit",
    draw: `/police/audit/${draw}`,
    finding: `/police/audit/${draw}/cases/${judged}`,
    sheet: `/police/audit/${draw}/sheet`,
    file: `/police/cases/${judged}`,
    letters: "/police/letters",
    "access-log": "/police/access-log",
  };
};

describe("search and audit in a browser", () => {
  for (const language of LANGUAGES)
    it(`are without fault to axe and to their policy, light and dark, at both widths (${language})`, async () => {
      const { page, refused } = await signIn(language);
      for (const [name, path] of Object.entries(await pages())) {
        await page.goto(`${app.url}${path}`);
        await page.evaluate(axe.source);
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          assert.deepEqual(await findings(page, colorScheme), [], `${name} ${colorScheme}`);
        }
        for (const width of [1920, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          const isWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
          assert.equal(isWide, false, `${name} ${width}`);
        }
      }
      assert.deepEqual(refused, []);
      await page.context().close();
    });

  it("need no mouse: a draw, a finding with a follow-up, the sheet", async () => {
    const { page } = await signIn("en");
    await page.goto(`${app.url}/police/audit`);
    await tabTo(page, "#field-from");
    await page.locator("#field-from").fill("2026-01-02");
    await tabTo(page, "#field-seed");
    await page.keyboard.press("End");
    await page.keyboard.type("-by-hand");
    await tabTo(page, "form .desk-act");
    await Promise.all([page.waitForURL(/\/police\/audit\/[\w-]+$/), page.keyboard.press("Enter")]);
    assert.match(await page.innerText("main"), /-by-hand/);
    await page.goto(`${app.url}/police/audit/${(await seeded()).draw}`);
    await tabTo(page, "tr:nth-child(3) td:last-child a");
    await Promise.all([page.waitForURL(/\/cases\//), page.keyboard.press("Enter")]);
    const path = page.url();
    await tabTo(page, "input[name=finding]");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await tabTo(page, "#field-note");
    await page.keyboard.type("<b>no plate in it</b>");
    await tabTo(page, "#field-followUp");
    await page.keyboard.press("ArrowDown");
    await tabTo(page, "form .desk-act");
    await Promise.all([page.waitForResponse((answer) => answer.status() === 422), page.keyboard.press("Enter")]);
    assert.equal(await page.inputValue("#field-note"), "<b>no plate in it</b>");
    await tabTo(page, "#field-due");
    await page.locator("#field-due").fill("2026-12-24");
    await tabTo(page, "form .desk-act");
    await Promise.all([page.waitForURL(/#case-/), page.keyboard.press("Enter")]);
    await page.goto(path);
    assert.equal(await page.isChecked("input[value=pictures]"), true);
    await page.goto(`${app.url}/police/audit/${(await seeded()).draw}/sheet`);
    assert.equal(await page.locator("td.desk-words", { hasText: "<b>no plate in it</b>" }).count(), 1);
    await page.context().close();
  });

  it("come back to the search by /, and print the sheet without the desk around it", async () => {
    const { page } = await signIn("en");
    const { draw } = await seeded();
    await page.goto(`${app.url}/police/audit/${draw}/sheet`);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.isVisible("header"), false);
    assert.equal(await page.isVisible("table"), true);
    await page.emulateMedia({ media: "screen" });
    await Promise.all([page.waitForURL(/\/police\/search$/), page.keyboard.press("/")]);
    await page.locator("h1").click();
    await page.keyboard.press("/");
    await page.keyboard.type("KC");
    assert.equal(await page.inputValue("input[name=q]"), "KC");
    await page.context().close();
  });
});

/** Moves on by Tab until this element has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  const has = `document.activeElement === document.querySelector(${JSON.stringify(selector)})`;
  const isBehind = `(document.querySelector(${JSON.stringify(selector)}).compareDocumentPosition(document.activeElement) & 4) > 0`;
  const key = (await page.evaluate(isBehind)) ? "Shift+Tab" : "Tab";
  for (let n = 0; n < 120; n++) {
    if (await page.evaluate(has)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`Tab does not come to ${selector}`);
}
