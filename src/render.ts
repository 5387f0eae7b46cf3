import { readdirSync, readFileSync } from "node:fs";
import nunjucks from "nunjucks";
import { LANGUAGES, type Language } from "./domain/accident.ts";
import { plateRuns, plateSheet } from "./domain/plate.ts";
import type { WordParams } from "./word-keys.ts";
import { readWordTable, templatesDir } from "./words.ts";

export type WordKey = keyof WordParams;

/** Values for the `{names}` of a text. */
export type Params = Record<string, string | number>;

/** What must follow a key: the value of each name in its text. Of several possible keys, the names of all. */
export type ParamsOf<Key extends WordKey> = [WordParams[Key]] extends [never]
  ? []
  : WordKey extends Key
    ? // a key that is none: the compiler is to complain of it, not of what is missing behind it
      [params?: never]
    : [params: Record<WordParams[Key], string | number>];

/**
 * `t("h5.photos.titleMore", { n: 3 })`: the words of templates/h5/words.yaml under photos.titleMore, `{n}`
 * filled in.
 */
export interface Translate {
  <Key extends WordKey>(key: Key, ...params: ParamsOf<Key>): string;
  /** The words of a key made from a code that is known at run time only; null where there are none. */
  find(key: string, params?: Params): string | null;
}

/** The last parts of all keys below a group: `PartOf<"evidence.slot">` is "own-plate" | "other-plate" | … */
export type PartOf<Group extends string, Key = WordKey> = Key extends `${Group}.${infer Part}` ? Part : never;

export interface Render {
  /** Words in one language; an unknown key throws. */
  words(language: Language): Translate;
  /** Renders a page of templates/, with `t`, `lang` and the data in scope; everything is escaped. */
  page(template: string, language: Language, data: object): string;
}

/**
 * Reads words and pages once, all at this moment: a release that is put in place while this process runs
 * does not mix its pages with our words. `globals` are in the scope of every page. `strict`: a name that
 * nobody gives, or a value that is not there where it is printed, throws; otherwise it prints nothing.
 */
export function createRender(globals: Record<string, string> = {}, strict = true, pages: URL = templatesDir): Render {
  const table = readWordTable();
  const env = new nunjucks.Environment(readPages(pages), {
    autoescape: true,
    throwOnUndefined: strict,
    trimBlocks: true,
    lstripBlocks: true,
  });
  for (const [name, value] of Object.entries(globals)) env.addGlobal(name, value);
  env.addFilter("plateRuns", plateRuns);
  env.addFilter("plateSheet", plateSheet);
  if (strict) refuseUnknownNames(env);
  const wordsIn = (language: Language): Translate => {
    const find = (key: string, params: Params = {}) => {
      const words = table.get(key)?.[language] ?? null;
      if (!words?.includes("{")) return words;
      return words.replaceAll(/\{(\w+)\}/g, (all, name: string) => String(params[name] ?? all));
    };
    const say = (key: string, params?: Params) => {
      const words = find(key, params);
      if (words === null) throw new Error(`no words for ${key}`);
      return words;
    };
    return Object.assign(say, { find });
  };
  const translations = Object.fromEntries(LANGUAGES.map((language) => [language, wordsIn(language)])) as Record<
    Language,
    Translate
  >;
  return {
    words: (language) => translations[language],
    page: (template, language, data) => env.render(template, { ...data, lang: language, t: translations[language] }),
  };
}

/** All pages of a folder, in memory. */
function readPages(folder: URL): nunjucks.ILoader {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".njk"));
  const known = new Map(files.map((path) => [path.replaceAll("\\", "/"), readFileSync(new URL(path, folder), "utf8")]));
  return {
    getSource(name) {
      const src = known.get(name);
      if (src === undefined) throw new Error(`no page ${name}`);
      return { src, path: name, noCache: false };
    },
  };
}

/** A page looks for a name in its data and then among the globals, where every unknown one throws. */
function refuseUnknownNames(env: nunjucks.Environment): void {
  const holder = env as unknown as { globals: Record<string, unknown> };
  holder.globals = new Proxy(holder.globals, {
    has: () => true,
    get(known, name) {
      if (typeof name === "string" && !Object.hasOwn(known, name)) throw new Error(`no name ${name} on this page`);
      return Reflect.get(known, name);
    },
  });
}
