import { SaxesParser } from "saxes";

/** Values of a push. A list becomes one element for each item. */
export type WireValue = string | number | bigint | WireBody | WireBody[];
export type WireBody = { [name: string]: WireValue };

export function toXml(body: WireBody): string {
  return `<xml>${Object.entries(body).map(element).join("")}</xml>`;
}

function element([name, value]: [string, WireValue]): string {
  if (Array.isArray(value)) return value.map((item) => element([name, item])).join("");
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: string | number | bigint | WireBody): string {
  if (typeof value === "string") return `<![CDATA[${value.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
  if (typeof value === "object") return Object.entries(value).map(element).join("");
  return String(value);
}

/** Writes JSON; a 64-bit integer is a bare number, as the platform writes it. */
export function toJson(value: WireValue): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${toJson(inner)}`);
  return `{${fields.join(",")}}`;
}

/** An element of a reply: its text and its children in order. */
export interface Node {
  text: string;
  children: Array<[name: string, node: Node]>;
}

/** Reads a reply in XML; null when it is not well formed or not `<xml>`. */
export function parseXml(text: string): Node | null {
  const parser = new SaxesParser();
  const root: Node = { text: "", children: [] };
  const open = [root];
  let broken = false;
  const add = (more: string) => {
    const node = open.at(-1);
    if (node) node.text += more;
  };
  parser.on("error", () => {
    broken = true;
  });
  parser.on("opentag", ({ name }) => {
    const node: Node = { text: "", children: [] };
    open.at(-1)?.children.push([name, node]);
    open.push(node);
  });
  parser.on("closetag", () => open.pop());
  parser.on("text", add);
  parser.on("cdata", add);
  parser.write(text).close();
  const [first] = root.children;
  return !broken && first?.[0] === "xml" ? first[1] : null;
}

/** Reads a reply in JSON into the same form; null when it is not an object. */
export function parseJson(text: string): Node | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? nodeOf(value) : null;
  } catch {
    return null;
  }
}

function nodeOf(value: unknown): Node {
  if (value === null || typeof value !== "object") return { text: String(value ?? ""), children: [] };
  const children = Object.entries(value).flatMap(([name, inner]) =>
    (Array.isArray(inner) ? inner : [inner]).map((item): [string, Node] => [name, nodeOf(item)]),
  );
  return { text: "", children };
}

export function textOf(node: Node | undefined, name: string): string {
  return childOf(node, name)?.text ?? "";
}

export function childOf(node: Node | undefined, name: string): Node | undefined {
  return node?.children.find(([tag]) => tag === name)?.[1];
}

export function childrenOf(node: Node | undefined, name: string): Node[] {
  return (node?.children ?? []).filter(([tag]) => tag === name).map(([, inner]) => inner);
}
