import { emptyFields, type Fields, REPEATED } from "./fields.ts";

const OPEN = "<xml>";
const END = /<\/xml>[ \t\n]*$/;
/** One element: a name of the platform's form, then one CDATA section or text without entities. */
const ELEMENT = /[ \t\n]*<([A-Za-z][A-Za-z0-9_]{0,63})>(?:<!\[CDATA\[([^\]]*)\]\]>|([^<>&\]]*))<\/\1>[ \t\n]*/y;
/** Characters that XML does not allow, or reads as another character. */
const UNUSUAL = /[^\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const MOST = 40;

/**
 * Reads a message of one level with unique names, as the platform writes nearly all. Undefined for any other
 * body, which the strict parser reads or refuses. The result is the same, at a sixth of the cost.
 */
export function parseFlat(xml: string): Fields | undefined {
  const end = xml.startsWith(OPEN) ? xml.search(END) : -1;
  if (end < 0 || UNUSUAL.test(xml)) return undefined;
  const fields = emptyFields();
  let at = OPEN.length;
  for (let count = 0; at < end && count < MOST; count++) {
    ELEMENT.lastIndex = at;
    const found = ELEMENT.exec(xml);
    const name = found?.[1] as string;
    if (!found || name in fields || REPEATED.has(name)) return undefined;
    fields[name] = found[2] ?? (found[3] as string);
    at = ELEMENT.lastIndex;
  }
  return at === end && at > OPEN.length ? fields : undefined;
}
