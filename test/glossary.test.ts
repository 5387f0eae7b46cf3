import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const textsIn = (folder: string, ending: string): string =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => read(join(folder, name)))
    .join("\n");

const code = textsIn("src", ".ts") + textsIn("config", ".yaml");
/** Cells of the tables, without heads and lines. */
const rows = read("docs/glossary.md")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (---|English)/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()));

const isInCode = (word: string): boolean =>
  word.startsWith("src/") ? existsSync(join(ROOT, word)) : new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(code);

describe("the glossary", () => {
  it("has for each term a Chinese one and a word that is in the code", () => {
    const faults = rows.flatMap(([, term = "", chinese, words = ""]) => {
      const named = [...words.matchAll(/`([^`]+)`/g)].map(([, word]) => word as string);
      const missing = named.filter((word) => !isInCode(word)).map((word) => `${term}: ${word} is not in the code`);
      return [...missing, ...(chinese && named.length > 0 ? [] : [`${term}: a cell is empty`])];
    });
    assert.deepEqual(faults, []);
  });

  it("explains each term once", () => {
    const terms = rows.map(([, term]) => term);
    assert.deepEqual(terms, [...new Set(terms)]);
  });
});
