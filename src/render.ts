import { readdirSync, readFileSync } from "node:fs";
import nunjucks from "nunjucks";
import { parse } from "yaml";
import type { Language } from "./domain/accident.ts";

const templatesDir = new URL("../../templates/", import.meta.url);

/** `t("h5.photos.title", { n: 3 })`: the words of templates/h5/words.yaml under photos.title, `{n}` filled in. */
export type Translate = (key: string, params?: Record<string, string | number>) => string;

export interface Render {
  /** Words in one language; an unknown key is a fault of ours and throws. */
  words(language: Language): Translate;
  /** A page of templates/, with `t`, `lang` and the data in scope; everything is escaped. */
  page(template: string, language: Language, data: object): string;
}

type Tree = { [key: string]: Tree | string };

/** Reads every templates/AREA/words.yaml once; each entry is `{ zh, en }`, Chinese first. `globals` are in the scope of every page. */
export function createRender(globals: Record<string, string> = {}): Render {
  const areas = readdirSync(templatesDir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const table = new Map<string, Record<Language, string>>();
  for (const area of areas) collect(area.name, readWords(area.name), table);
  const env = new nunjucks.Environment(new nunjucks.FileSystemLoader(templatesDir.pathname), {
    autoescape: true,
    throwOnUndefined: false,
    trimBlocks: true,
    lstripBlocks: true,
  });
  for (const [name, value] of Object.entries(globals)) env.addGlobal(name, value);
  const words = (language: Language): Translate => {
    return (key, params = {}) => {
      const entry = table.get(key);
      if (!entry) throw new Error(`no words for ${key}`);
      return entry[language].replaceAll(/\{(\w+)\}/g, (all, name: string) => String(params[name] ?? all));
    };
  };
  return {
    words,
    page: (template, language, data) => env.render(template, { ...data, lang: language, t: words(language) }),
  };
}

function readWords(area: string): Tree {
  try {
    return parse(readFileSync(new URL(`${area}/words.yaml`, templatesDir), "utf8")) as Tree;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

function collect(prefix: string, tree: Tree, into: Map<string, Record<Language, string>>): void {
  if (typeof tree.zh === "string" && typeof tree.en === "string") {
    into.set(prefix, { zh: tree.zh, en: tree.en });
    return;
  }
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") throw new Error(`words ${prefix}.${key}: needs zh and en`);
    collect(`${prefix}.${key}`, value, into);
  }
}
