import { emptyFields, type Fields, type FieldValue, MAX_DEPTH } from "./fields.ts";
import { xmlText } from "./write-xml.ts";

const OPEN = /<([A-Za-z][A-Za-z0-9_]{0,63})>/g;
const SECTION = "<![CDATA[";
/** More than any message of the platform has on its first level. */
const MOST = 64;
/** Elements with a person's own words: an end mark may stand in them, so that the last one counts. */
const WORDS = new Set(["Content", "Label", "Title", "Description", "Recognition"]);

/**
 * Reads what can be read of an authentic body in XML that the strict parser refuses: elements of the first
 * level, in their order, as text; entities are not expanded and what is nested stays text. Of two with one
 * name the first counts: the platform writes sender, time and type before a person's words, so that words
 * cannot pass for them.
 */
export function parseLenientXml(xml: string): Fields {
  const text = xmlText(xml);
  const fields = emptyFields();
  let at = Math.max(0, text.indexOf("<xml>") + "<xml>".length);
  for (let count = 0; count < MOST; count++) {
    OPEN.lastIndex = at;
    const found = OPEN.exec(text);
    if (!found) break;
    const name = found[1] as string;
    const from = OPEN.lastIndex;
    const isSection = text.startsWith(SECTION, from);
    const mark = isSection ? `]]></${name}>` : `</${name}>`;
    const end = WORDS.has(name) ? text.lastIndexOf(mark) : text.indexOf(mark, from);
    const begin = isSection ? from + SECTION.length : from;
    if (!(name in fields) && end >= begin) fields[name] = text.slice(begin, end);
    at = end >= begin ? end + mark.length : from;
  }
  return fields;
}

/** Integers that JSON.parse would round. */
const LONG_NUMBER = /(:\s*)(\d{16,20})(?=\s*[,}])/g;
const CONTROLS = /[\u0000-\u001f]/g;

/**
 * The same of a body in JSON: of two equal names the last counts, names and values of other forms are left
 * out.
 */
export function parseLenientJson(json: string): Fields {
  const text = json.replace(CONTROLS, " ");
  // a person's words may hold what looks like a long number of the body
  return fieldsOf(text.replace(LONG_NUMBER, '$1"$2"')) ?? fieldsOf(text) ?? emptyFields();
}

function fieldsOf(json: string): Fields | undefined {
  try {
    return asFields(JSON.parse(json), 0);
  } catch {
    return undefined;
  }
}

function asFields(value: unknown, depth: number): Fields | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value) || depth > MAX_DEPTH) return undefined;
  const fields = emptyFields();
  for (const [name, one] of Object.entries(value)) {
    const field: FieldValue | undefined =
      typeof one === "object" ? asFields(one, depth + 1) : xmlText(String(one ?? ""));
    if (field !== undefined) fields[name] = field;
  }
  return fields;
}
