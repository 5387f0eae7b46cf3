import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { LANGUAGES } from "../src/domain/accident.ts";
import { createRender } from "../src/render.ts";
import { placeholdersOf, readWordTable } from "../src/words.ts";
import { type AskedWord, askedWords, templates } from "./support/template-words.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const templatesDir = new URL("../../templates/", import.meta.url);

describe("the words", () => {
  const areas = readdirSync(templatesDir).filter((area) => existsSync(new URL(`${area}/words.yaml`, templatesDir)));

  const all = LANGUAGES.join(" and ");
  /** A leaf has one text for each language; everything else is a group. */
  function faultsOf(path: string, node: unknown): string[] {
    if (node === null || typeof node !== "object") return [`${path}: needs ${all}`];
    const texts = node as Record<string, unknown>;
    if (!LANGUAGES.some((language) => typeof texts[language] === "string"))
      return Object.entries(texts).flatMap(([key, part]) => faultsOf(`${path}.${key}`, part));
    const faults = Object.keys(texts)
      .filter((key) => !LANGUAGES.some((language) => language === key))
      .map((key) => `${path}.${key}: beside ${all}`);
    const given = LANGUAGES.map((language) => texts[language]);
    if (!given.every(nonEmpty)) return [...faults, `${path}: needs ${all}, each with text`];
    const names = new Set(given.map((text) => String(placeholders(text))));
    return names.size === 1 ? faults : [...faults, `${path}: the languages have other placeholders`];
  }
  const nonEmpty = (text: unknown): text is string => typeof text === "string" && text.trim() !== "";
  const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

  for (const area of areas) {
    it(`of templates/${area} are there in all languages with the same placeholders`, () => {
      const tree: unknown = parse(readFileSync(new URL(`${area}/words.yaml`, templatesDir), "utf8"));
      assert.deepEqual(faultsOf(area, tree), []);
    });
  }

  it("of a notice have a headline each that fits into the platform's field: `thing`, 20 characters", () => {
    const chat = parse(readFileSync(new URL("chat/words.yaml", templatesDir), "utf8"));
    assert.deepEqual(Object.keys(chat.headline).sort(), Object.keys(chat.notice).sort());
    const headlines = Object.values<Record<string, string>>(chat.headline).flatMap(Object.values<string>);
    assert.deepEqual(
      headlines.filter((headline) => /[{\n]/.test(headline) || [...headline].length > 20),
      [],
    );
  });

  it("cite the law in Chinese numerals, on a page and beside it alike", () => {
    for (const [key, { zh }] of readWordTable()) assert.doesNotMatch(zh, /第\s*[0-9０-９]+\s*[条款项]/, key);
  });

  it("a missing language, an empty one and another placeholder are seen", () => {
    assert.equal(faultsOf("a", { x: { zh: "一" } }).length, 1);
    assert.equal(faultsOf("a", { x: { zh: "一", en: " " } }).length, 1);
    assert.equal(faultsOf("a", { x: { zh: "{n} 张", en: "some" } }).length, 1);
    assert.equal(faultsOf("a", { x: "text" }).length, 1);
  });
});

describe("the words that pages ask for", () => {
  const table = readWordTable();

  /** Kept in the page's form for its script, which fills them in. */
  const FOR_THE_SCRIPT = /^h5\.(photos\.(titleMore|count|takeNext|takeAgain)|extras\.added)$/;

  function fitting(parts: (string | null)[]): string[] {
    const quoted = parts.map((part) => part?.replaceAll(".", "\\.") ?? "[\\w-]+");
    const pattern = new RegExp(`^${quoted.join("")}$`);
    return [...table.keys()].filter((key) => pattern.test(key));
  }
  const wantedBy = (key: string) => placeholdersOf(table.get(key)?.zh ?? "");

  /**
   * What is wrong with one call: no key fits; all that fit want a name that is not given; none wants one that
   * is.
   */
  function faultsOf({ where, keys, params }: AskedWord): string[] {
    const found = keys.map((parts) => ({ parts, keys: fitting(parts) }));
    const unknown = found.filter(({ keys }) => keys.length === 0).map(({ parts }) => `${parts.join("…")} is no key`);
    const lacking = found.flatMap(({ keys: [first = "", ...others] }) =>
      wantedBy(first).filter(
        (name) =>
          !params?.includes(name) &&
          !FOR_THE_SCRIPT.test(first) &&
          others.every((other) => wantedBy(other).includes(name)),
      ),
    );
    const wanted = new Set(found.flatMap(({ keys }) => keys.flatMap(wantedBy)));
    const needless = params?.filter((name) => !wanted.has(name)) ?? [];
    if (params === null) return unknown.map((fault) => `${where}: ${fault}`);
    return [
      ...unknown,
      ...lacking.map((name) => `lacks ${name}`),
      ...needless.map((name) => `no text has ${name}`),
    ].map((fault) => `${where}: ${fault}`);
  }

  it("are there, with every name that their text wants filled in and no other", () => {
    const asked = templates().flatMap((template) => askedWords(template));
    assert.ok(asked.length > 300, `only ${asked.length} found`);
    assert.deepEqual(asked.flatMap(faultsOf), []);
  });

  it("a misspelt key, a missing name and one too many are seen, through conditions and variables", () => {
    const faults = (text: string) => askedWords("x.njk", text).flatMap(faultsOf).length;
    assert.equal(faults('{{ t("h5.start.title") }}{{ t("h5.activity." + view.other.activity) }}'), 0);
    assert.equal(faults('{{ t("h5.start.titel") }}'), 1);
    assert.equal(faults('{{ t("h5.start.title" if a else "h5.start.titel") }}'), 1);
    assert.equal(faults('{% macro x(o) %}{{ o.t("h5.nothing." + o.slot) }}{% endmacro %}'), 1);
    assert.equal(faults('{% set key = "h5.wait." + step %}{{ t(key + ".waht") }}'), 1);
    assert.equal(faults('{{ t("h5.invite.until") }}'), 1);
    assert.equal(faults('{{ t("h5.invite.until", { time: 1, m: 2 }) }}'), 1);
  });
});

describe("a page", () => {
  it("that asks for a name which nobody gives, or prints what is not there, fails", () => {
    const strict = createRender();
    const data = { exceptions: { likely: [], others: [] }, noneOfThese: "none", values: {}, errors: {}, formError: "" };
    assert.throws(() => strict.page("h5/start.njk", "zh", data), /no name assets on this page/);
  });

  it("is as it was when the process started, whatever is put in its place meanwhile", async () => {
    const folder = temporaryFolder("pages");
    const file = join(folder, "page.njk");
    await writeFile(file, "first");
    const render = createRender({}, true, pathToFileURL(`${folder}/`));
    await writeFile(file, '{{ t("h5.words.of-the-next-release") }}');
    assert.equal(render.page("page.njk", "zh", {}), "first");
  });

  it("prints nothing in its place where drivers are served", () => {
    const html = createRender({ assets: "/assets" }, false).page("h5/start.njk", "zh", { values: {}, errors: {} });
    assert.match(html, /<!doctype html>/);
  });
});
