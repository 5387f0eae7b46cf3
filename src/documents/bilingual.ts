import type { Language } from "../domain/accident.ts";
import type { Render } from "../render.ts";

export type Bilingual = Record<Language, string>;
export type Words = (key: string, params?: Record<string, string | number>) => Bilingual;

/** The words of templates/agreement in both languages at once, as the form prints them. */
export function bilingual(render: Render): Words {
  const [zh, en] = [render.words("zh"), render.words("en")];
  return (key, params) => ({ zh: zh(`agreement.${key}`, params), en: en(`agreement.${key}`, params) });
}
