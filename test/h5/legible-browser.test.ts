import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { LANGUAGES, type Language } from "../../src/domain/accident.ts";
import type { TestApp } from "../support/app.ts";
import { withBrowser } from "../support/with-browser.ts";
import { licencesRead, PAGE_STATES, type Seen, urlOf } from "./page-states.ts";

let app: TestApp;
let browser: Browser;
withBrowser(
  (startedApp, startedBrowser) => {
    app = startedApp;
    browser = startedBrowser;
  },
  { env: licencesRead() },
);

const FOLDER = "templates/h5";
const PHONE = { width: 390, height: 700 };
/** What axe looks at: everything in the light, and what alone depends on the colours in the dark. */
const RULES = {
  light: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
  dark: { type: "rule", values: ["color-contrast"] },
} as const;
type Scheme = keyof typeof RULES;

/** What axe finds, as "RULE: the elements". */
async function findings(page: Page, scheme: Scheme): Promise<string[]> {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  const options = JSON.stringify({ runOnly: RULES[scheme], resultTypes: ["violations"] });
  const { violations } = await page.evaluate<{
    violations: { id: string; nodes: { html: string; any: object[] }[] }[];
  }>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${JSON.stringify(any).slice(0, 300)}`),
  );
}

/** Letters as large as the largest that WeChat offers. */
const LARGE = `for (const element of [...document.querySelectorAll("body, body *")]
    .map((element) => [element, parseFloat(getComputedStyle(element).fontSize)]))
  element[0].style.fontSize = element[1] * 1.75 + "px";
dispatchEvent(new Event("resize"));`;
/** What is wider than the page, and what is cut off within its own box. */
const CUT = `[
  ...[...document.querySelectorAll("body *")]
    .filter((element) => document.documentElement.scrollWidth > innerWidth && element.getBoundingClientRect().right > innerWidth)
    .map((element) => "wide: " + element.className + " " + element.textContent.trim().slice(0, 30)),
  ...[...document.querySelectorAll(".kc-body :is(a, button, summary, label, p, b, span, dt, dd, h1, h2)")]
    .filter((element) => element.checkVisibility() && getComputedStyle(element).overflowX === "hidden")
    .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1)
    .map((element) => element.className + " " + element.textContent.trim().slice(0, 30)),
]`;

/** Opens it as its driver reads it in one language, and looks at it. */
async function look(page: Page, seen: Seen, language: Language): Promise<void> {
  await app.ctx.people.setLanguage(seen.driver.person.id, language);
  await page.goto(urlOf(app, seen));
  assert.equal(page.url(), urlOf(app, seen), "the page leads elsewhere");
  assert.match(String(await page.getAttribute("html", "lang")), new RegExp(`^${language}`));
  await seen.act?.(page);
  await page.evaluate(axe.source);
  for (const scheme of ["light", "dark"] as const)
    assert.deepEqual(await findings(page, scheme), [], `${scheme}, ${language}`);
  await page.setViewportSize({ width: 360, height: 640 });
  await page.evaluate(LARGE);
  assert.deepEqual(await page.evaluate(CUT), [], language);
}

describe("a page of the drivers, in both languages", () => {
  const shown = new Set<string>();
  before(() => noteTemplates(shown));
  for (const [name, prepare] of Object.entries(PAGE_STATES))
    it(`is without fault to axe, light and dark, and holds the largest letters: ${name}`, async () => {
      const seen = await prepare(app, "zh");
      for (const language of LANGUAGES) {
        // a page of nobody's goes by the language of the phone
        const locale = { zh: "zh-CN", en: "en-US" }[language];
        const context = await browser.newContext({ viewport: PHONE, hasTouch: true, locale });
        await context.addCookies([seen.driver.cookie]);
        await look(await context.newPage(), seen, language);
        await context.close();
      }
    });
  it("of every template, and each part that it is made of, is among those looked at", () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith(".njk"));
    const text = (file: string) => readFileSync(`${FOLDER}/${file}`, "utf8");
    const isPage = (file: string) => text(file).startsWith('{% extends "h5/layout.njk" %}');
    assert.deepEqual(
      files.filter((file) => isPage(file) && !shown.has(file)),
      [],
    );
    const used = [...shown].map(text).concat(text("layout.njk"), text("macros.njk"));
    const parts = files.filter((file) => !isPage(file) && file !== "layout.njk" && file !== "macros.njk");
    assert.deepEqual(
      parts.filter((part) => !used.concat(parts.map(text)).some((one) => one.includes(`"h5/${part}"`))),
      [],
    );
  });
});

function noteTemplates(shown: Set<string>): void {
  const { render } = app.ctx;
  const page = render.page.bind(render);
  render.page = (template, ...more) => {
    shown.add(template.replace("h5/", ""));
    return page(template, ...more);
  };
}
