import type { ParamsOf, PartOf, Render, WordKey } from "../render.ts";

/** Official forms are printed in Chinese and English, whatever language their readers choose. */
export type Bilingual = Record<"zh" | "en", string>;

/** The words of one folder of templates/, both languages at once. */
export interface WordsOf<Area extends string> {
  <K extends PartOf<Area>>(key: K, ...params: ParamsOf<Extract<WordKey, `${Area}.${K}`>>): Bilingual;
  /** null where there are none of this key */
  find(key: string): Bilingual | null;
}
export type Words = WordsOf<"agreement">;
export type LetterWords = WordsOf<"determination">;

/** Returns the words of templates/AREA in both languages at once, as a form prints them. */
export function bilingual<Area extends "agreement" | "determination">(render: Render, area: Area): WordsOf<Area> {
  const [zh, en] = [render.words("zh"), render.words("en")];
  const find = (key: string, params?: Record<string, string | number>): Bilingual | null => {
    const found = { zh: zh.find(`${area}.${key}`, params), en: en.find(`${area}.${key}`, params) };
    return found.zh === null || found.en === null ? null : { zh: found.zh, en: found.en };
  };
  const say = (key: string, params?: Record<string, string | number>): Bilingual => {
    const words = find(key, params);
    if (!words) throw new Error(`no words for ${area}.${key}`);
    return words;
  };
  return Object.assign(say, { find: (key: string) => find(key) }) as WordsOf<Area>;
}
