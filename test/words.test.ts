import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parse } from "yaml";

const templatesDir = new URL("../../templates/", import.meta.url);

describe("the words", () => {
  const areas = readdirSync(templatesDir).filter((area) => existsSync(new URL(`${area}/words.yaml`, templatesDir)));

  /** A leaf is { zh, en }; everything else is a group. */
  function faultsOf(path: string, node: unknown): string[] {
    if (node === null || typeof node !== "object") return [`${path}: needs zh and en`];
    const { zh, en, ...rest } = node as Record<string, unknown>;
    const isLeaf = typeof zh === "string" || typeof en === "string";
    if (!isLeaf) return Object.entries(node).flatMap(([key, part]) => faultsOf(`${path}.${key}`, part));
    const faults = Object.keys(rest).map((key) => `${path}.${key}: beside zh and en`);
    if (!nonEmpty(zh) || !nonEmpty(en)) return [...faults, `${path}: needs zh and en, both with text`];
    const same = String(placeholders(zh)) === String(placeholders(en));
    return same ? faults : [...faults, `${path}: other placeholders in zh than in en`];
  }
  const nonEmpty = (text: unknown): text is string => typeof text === "string" && text.trim() !== "";
  const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

  for (const area of areas) {
    it(`of templates/${area} are there in both languages with the same placeholders`, () => {
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

  it("a missing language, an empty one and another placeholder are seen", () => {
    assert.equal(faultsOf("a", { x: { zh: "一" } }).length, 1);
    assert.equal(faultsOf("a", { x: { zh: "一", en: " " } }).length, 1);
    assert.equal(faultsOf("a", { x: { zh: "{n} 张", en: "some" } }).length, 1);
    assert.equal(faultsOf("a", { x: "text" }).length, 1);
  });
});
