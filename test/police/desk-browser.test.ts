import assert from "node:assert/strict";
import { describe, it } from "node:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { endAccident } from "../../src/actions/end-accident.ts";
import { enterSpotLetter } from "../../src/actions/enter-spot-letter.ts";
import { IDLE_MS, type Role } from "../../src/domain/officer.ts";
import type { TestApp } from "../support/app.ts";
import { PASSWORD, signedInOfficer } from "../support/desk-client.ts";
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

interface Look {
  colorScheme?: "light" | "dark";
  locale?: string;
  role?: Role;
}

/** A signed-in officer before a screen. */
async function openDesk(
  path: string,
  { colorScheme = "light", locale = "en-US", role = "officer" }: Look = {},
): Promise<Desk> {
  accounts += 1;
  const officer = await signedInOfficer(app, { number: `B-${accounts}000`, role });
  const viewport = { width: 1280, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme, locale });
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

/** Presses Tab until the focus is on what the selector names. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`no way to ${selector} by Tab`);
}

/** Opens each act of a file's bar, and looks at it. */
async function openEachFold(page: Page): Promise<void> {
  for (const summary of await page.locator(".desk-fold > summary").all()) {
    await summary.click();
    assert.deepEqual(await findings(page), [], await summary.innerText());
  }
}

/** A case that ended on the spot, with the letter that was written there. */
async function spotCase(): Promise<string> {
  const { id: accidentId } = await guidedPair(app, { real: true });
  await endAccident(app.ctx, { accidentId, letter: "A", code: "dispute" });
  const by = { officerId: "o", role: "officer" as const, district: null };
  await enterSpotLetter(app.ctx, { accidentId, by, number: "2026-1", degrees: { A: "full", B: "none" } });
  return accidentId;
}

const focusedRow = (page: Page) => page.evaluate<string>("document.activeElement.dataset.row || ''");

describe("the desk in a browser", () => {
  it("tells of what is new without a reload, in its title as well", async () => {
    const { page, faults, close } = await openDesk("/police/queue");
    await page.waitForSelector("[data-rows][data-waiting='0']", { state: "attached" });
    const { id } = await guidedPair(app);
    await page.waitForSelector(`a[href="/police/cases/${id}"]`);
    assert.match(await page.title(), /^\(1\) /);
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

  it("comes from the queue to the letter by keys alone", async () => {
    const pair = await appliedPair(app, { real: true });
    const { page, faults, close } = await openDesk("/police/queue");
    for (let presses = 0; presses < 20 && (await focusedRow(page)) !== `application/${pair.id}`; presses++)
      await page.keyboard.press("j");
    await page.keyboard.press("t");
    await page.waitForURL(`**/police/cases/${pair.id}`);
    await page.keyboard.press("d");
    await page.waitForURL("**/determine");
    await tabTo(page, "#field-facts");
    await page.keyboard.insertText("甲车沿延安东路由西向东行驶，与前方等候信号灯的乙车尾部相撞。<b>");
    await tabTo(page, "#field-causes");
    await page.keyboard.insertText("甲车未与前车保持足以采取紧急制动措施的安全距离。");
    for (const name of ["articles", "evidence", "degrees"]) {
      await tabTo(page, `[name=${name}]`);
      await page.keyboard.press("Space");
    }
    await page.locator("[data-letter]", { hasText: "负全部责任" }).waitFor();
    await tabTo(page, "button[value=preview]");
    await page.keyboard.press("Enter");
    await page.waitForSelector("button[value=issue]");
    await tabTo(page, "button[value=issue]");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/police/cases/${pair.id}`);
    const [letter] = (await app.ctx.accidents.get(pair.id)).dispute?.determinations ?? [];
    assert.equal(letter?.content.parties.A.degree, "full");
    assert.ok((await page.textContent("main"))?.includes(letter?.number ?? "-"));
    assert.deepEqual(faults, []);
    await close();
  });

  for (const [scheme, locale] of [
    ["light", "en-US"],
    ["dark", "zh-CN"],
  ] as const)
    it(`has nothing that axe finds, ${scheme}, ${locale}`, async () => {
      const pair = await appliedPair(app, { real: true });
      await guidedPair(app);
      const { page, faults, close } = await openDesk("/police/queue", { colorScheme: scheme, locale });
      assert.deepEqual(await findings(page), [], "queue");
      await page.click(`form[data-take="application/${pair.id}"] button`);
      await page.waitForURL(`**/police/cases/${pair.id}`);
      assert.deepEqual(await findings(page), [], "file");
      await openEachFold(page);
      for (const state of ["", "?situation=rear-end"]) {
        await page.goto(`${app.url}/police/cases/${pair.id}/guide${state}`);
        assert.deepEqual(await findings(page), [], `guide${state}`);
      }
      await page.goto(`${app.url}/police/cases/${pair.id}/determine`);
      assert.deepEqual(await findings(page), [], "determine");
      await page.click("button[value=preview]");
      await page.waitForSelector("#error-degrees");
      assert.deepEqual(await findings(page), [], "determine, with mistakes");
      await page.goto(`${app.url}/police/letters`);
      assert.deepEqual(await findings(page), [], "letters");
      // a form with mistakes is answered by 422
      assert.deepEqual(
        faults.filter((fault) => !fault.includes("422")),
        [],
      );
      await close();
    });

  for (const colorScheme of ["light", "dark"] as const)
    it(`has nothing that axe finds in a supervisor's and a keeper's forms, ${colorScheme}`, async () => {
      const led = await openDesk(`/police/cases/${await spotCase()}`, { colorScheme, role: "supervisor" });
      assert.equal(await led.page.locator("form[action$=correct], form[action$=recuse-officer]").count(), 2);
      await openEachFold(led.page);
      const keeper = await openDesk("/police/accounts", { colorScheme, role: "keeper", locale: "zh-CN" });
      const { page } = keeper;
      await page.locator("details[name=close] > summary").first().click();
      assert.deepEqual(await findings(page), [], "accounts");
      await page.click("main form .desk-act");
      await page.waitForSelector("#error-number");
      assert.deepEqual(await findings(page), [], "accounts, with mistakes");
      await page.fill("#field-number", `B-9${accounts}`);
      await page.fill("#field-name", "王芳");
      await page.click("main form .desk-act");
      const link = await page.textContent(".desk-note code");
      assert.deepEqual(await findings(page), [], "an invitation");
      // whom it invites is signed in nowhere
      await page.context().clearCookies();
      await page.goto(String(link));
      await page.click("details summary");
      assert.deepEqual(await findings(page), [], "set-up");
      await page.fill("#field-password", "short");
      await page.click(".desk-act");
      await page.waitForSelector("#error-code");
      assert.deepEqual(await findings(page), [], "set-up, with mistakes");
      const secret = String(await page.textContent("form code"));
      const step = Math.floor(app.clock.now().getTime() / 30_000);
      await page.fill("#field-password", PASSWORD);
      await page.fill("#field-code", app.ctx.credentials.codeOf(secret, step));
      await page.click(".desk-act");
      await page.waitForURL(/set-up=done/);
      assert.deepEqual(await findings(page), [], "sign-in after the set-up");
      // a form with mistakes is answered by 422
      assert.deepEqual(
        [...led.faults, ...keeper.faults].filter((fault) => !fault.includes("422")),
        [],
      );
      await led.close();
      await keeper.close();
    });

  it("warns whoever only listens before the session ends, keeps it by a button, and says when it is over", async () => {
    const { page, close } = await openDesk("/police/queue");
    await page.waitForSelector("[data-rows]", { state: "attached" });
    app.clock.advance(IDLE_MS - 90_000);
    await guidedPair(app);
    await page.waitForSelector("[data-ending]");
    assert.match(await page.title(), /^Signing out soon/);
    // pressed while other rows are on their way
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/police/queue/rows", async (route) => {
      await held;
      await route.continue();
    });
    const asked = page.waitForRequest("**/police/queue/rows");
    await guidedPair(app);
    await asked;
    await page.click("[data-stay]");
    release();
    await page.waitForSelector("[data-ending]", { state: "hidden" });
    app.clock.advance(IDLE_MS);
    await guidedPair(app);
    await page.waitForSelector("[data-out] a");
    assert.match(await page.title(), /^Signed out/);
    assert.equal(await page.locator("[data-row]").count(), 0);
    await close();
  });
});
