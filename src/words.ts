import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { LANGUAGES, type Language } from "./domain/accident.ts";
import { factsOf } from "./errors.ts";

/** templates/, below which each area has its pages and its words. */
export const templatesDir = new URL("../../templates/", import.meta.url);

/**
 * Every text that a person reads, in all languages, by its key: the area, then the path in its words.yaml.
 */
export type WordTable = ReadonlyMap<string, Readonly<Record<Language, string>>>;

type Tree = { [key: string]: Tree | string };

/** Reads every templates/AREA/words.yaml. Throws on an entry that lacks a language. */
export function readWordTable(): WordTable {
  const table = new Map<string, Record<Language, string>>();
  for (const area of readdirSync(templatesDir, { withFileTypes: true })) {
    if (area.isDirectory()) collect(area.name, readArea(area.name), table);
  }
  return table;
}

/** The names in braces that a text wants filled in, sorted; both languages have the same. */
export const placeholdersOf = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name))].sort();

function readArea(area: string): Tree {
  try {
    return parse(readFileSync(new URL(`${area}/words.yaml`, templatesDir), "utf8")) as Tree;
  } catch (error) {
    if (factsOf(error).code === "ENOENT") return {};
    throw error;
  }
}

function collect(prefix: string, tree: Tree, into: Map<string, Record<Language, string>>): void {
  if (LANGUAGES.every((language) => typeof tree[language] === "string")) {
    into.set(prefix, tree as Record<Language, string>);
    return;
  }
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") throw new Error(`words ${prefix}.${key}: needs ${LANGUAGES.join(" and ")}`);
    collect(`${prefix}.${key}`, value, into);
  }
}
