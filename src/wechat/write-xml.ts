import type { ReplyFields, ReplyValue } from "./reply-fields.ts";

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const BY_NUMBER = /&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi;

/** A body without the characters that XML forbids, written as they are or by their number. */
export function withoutForbidden(xml: string): string {
  return xmlText(xml).replace(BY_NUMBER, (reference, hex: string | undefined, decimal: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const isAllowed = code <= 0x10ffff && xmlText(String.fromCodePoint(code)) === String.fromCodePoint(code);
    return isAllowed || code === 0x0d ? reference : "";
  });
}

/** What XML can carry of a text: no control characters, no half characters, line ends as line feeds. */
export function xmlText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(NOT_XML, "").replace(LONE_SURROGATE, "\ufffd");
}

/**
 * Writes text as CDATA; the end mark inside it is split over two sections, so text cannot leave its element.
 */
export function cdata(text: string): string {
  return `<![CDATA[${xmlText(text).replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
}

export function writeXml(fields: ReplyFields): string {
  return `<xml>${children(fields)}</xml>`;
}

function children(fields: ReplyFields): string {
  let xml = "";
  for (const name in fields) xml += element(name, fields[name]);
  return xml;
}

function element(name: string, value: ReplyValue): string {
  if (value === undefined) return "";
  if (typeof value === "string") return `<${name}>${cdata(value)}</${name}>`;
  if (typeof value === "number") return `<${name}>${value}</${name}>`;
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join("");
  return `<${name}>${children(value as ReplyFields)}</${name}>`;
}
