import { readdirSync, readFileSync } from "node:fs";
import nunjucks from "nunjucks";
import { templatesDir } from "../../src/words.ts";

/** One call of `t` on a page. */
export interface AskedWord {
  /** template and line, as a fault is named */
  where: string;
  /** each key that it can become, in parts; what is known on the running page only is `null` */
  keys: (string | null)[][];
  /** names that are given with it; null where the page gives a whole map */
  params: string[] | null;
}

/** A node of nunjucks' own syntax tree, which has no types: its kind, its children by name. */
interface Node {
  typename: string;
  lineno: number;
  value?: unknown;
  children?: Node[];
  [part: string]: unknown;
}
interface Parts {
  parser: { parse(text: string): Node };
}

const { parser } = nunjucks as unknown as Parts;

export const templates = (): string[] =>
  readdirSync(templatesDir, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".njk"));

/** Every call of `t` or `….t` in one template. */
export function askedWords(template: string, text = readFileSync(new URL(template, templatesDir), "utf8")) {
  const all = [...nodesOf(parser.parse(text))];
  const set = new Map<string, Node[]>();
  for (const node of all.filter(({ typename }) => typename === "Set")) {
    const [target] = node["targets"] as Node[];
    const name = String(target?.value);
    set.set(name, [...(set.get(name) ?? []), node["value"] as unknown as Node]);
  }
  for (const node of all.filter(({ typename }) => typename === "For")) {
    const { value } = node["name"] as Node;
    set.set(String(value), childrenOf(node["arr"] as Node));
  }
  return all.filter(isTranslation).map((call): AskedWord => {
    const where = `${template}:${call.lineno + 1}`;
    const [key, params] = childrenOf(call["args"] as Node);
    if (!key) throw new Error(`${where}: t() without a key`);
    const given = params?.typename === "Dict" ? childrenOf(params).map((pair) => nameOf(pair["key"] as Node)) : null;
    return { where, keys: outcomes(key, set), params: params ? given : [] };
  });
}

function isTranslation(node: Node): boolean {
  if (node.typename !== "FunCall") return false;
  const callee = node["name"] as Node;
  if (callee.typename === "Symbol") return callee.value === "t";
  return callee.typename === "LookupVal" && (callee["val"] as Node).value === "t";
}

/** All texts that an expression can become. */
function outcomes(node: Node, set: Map<string, Node[]>): (string | null)[][] {
  if (node.typename === "Literal") return [[String(node.value)]];
  if (node.typename === "Group") return childrenOf(node).flatMap((child) => outcomes(child, set));
  if (node.typename === "InlineIf")
    return [node["body"] as Node, node["else_"] as Node | null].flatMap((part) =>
      part ? outcomes(part, set) : [[""]],
    );
  if (node.typename === "Add") {
    const rights = outcomes(node["right"] as Node, set);
    return outcomes(node["left"] as Node, set).flatMap((left) => rights.map((right) => [...left, ...right]));
  }
  const values = node.typename === "Symbol" ? set.get(String(node.value)) : undefined;
  return values ? values.flatMap((value) => outcomes(value, set)) : [[null]];
}

const nameOf = (key: Node): string => String(key.value);
const childrenOf = (node: Node): Node[] => node.children ?? [];

function* nodesOf(node: unknown): Generator<Node> {
  if (Array.isArray(node)) for (const part of node) yield* nodesOf(part);
  else if (node !== null && typeof node === "object" && "typename" in node) {
    yield node as Node;
    for (const part of Object.values(node)) yield* nodesOf(part);
  }
}
