import type { ParamsOf, PartOf, Render } from "../render.ts";

/** The official form is printed in Chinese and English, whatever language its drivers read. */
export type Bilingual = Record<"zh" | "en", string>;
type Key = PartOf<"agreement">;
export interface Words {
  <K extends Key>(key: K, ...params: ParamsOf<`agreement.${K}`>): Bilingual;
  /** null where there are none of this key */
  find(key: string): Bilingual | null;
}

/** Returns the words of templates/agreement in both languages at once, as the form prints them. */
export function bilingual(render: Render): Words {
  const [zh, en] = [render.words("zh"), render.words("en")];
  const both = <K extends Key>(key: K, ...params: ParamsOf<`agreement.${K}`>): Bilingual => ({
    zh: zh(`agreement.${key}`, ...params),
    en: en(`agreement.${key}`, ...params),
  });
  const find = (key: string): Bilingual | null => {
    const found = { zh: zh.find(`agreement.${key}`), en: en.find(`agreement.${key}`) };
    return found.zh === null || found.en === null ? null : { zh: found.zh, en: found.en };
  };
  return Object.assign(both, { find });
}
