import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { placeholdersOf, readWordTable } from "./words.ts";

/** Writes src/word-keys.ts from templates/: runs before each compilation (`npm run words`). */
const target = new URL("../../src/word-keys.ts", import.meta.url);

function source(): string {
  const rows = [...readWordTable()].map(([key, { zh }]) => {
    const names = placeholdersOf(zh).map((name) => JSON.stringify(name));
    return `  ${JSON.stringify(key)}: ${names.join(" | ") || "never"};`;
  });
  return [
    "// Written by src/write-word-keys.ts from templates/*/words.yaml at each build; not kept in git.",
    "",
    "/** Every key of the words, with the names that its text wants filled in. */",
    "export interface WordParams {",
    ...rows.sort(),
    "}",
    "",
  ].join("\n");
}

const text = source();
// an unchanged file keeps its time: the compiler's cache stays good
if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
