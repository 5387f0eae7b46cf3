import { Fault } from "../fault.ts";
import type { Filter } from "../query/filter.ts";
import { matches, positionOf } from "../query/matches.ts";
import { isPosition } from "../query/path.ts";
import { Doc, docOf, isArray, typeName, type Value } from "../values/value.ts";

/** What placeholders in a path need: the filter that found the document, and the array filters by their identifier. */
export type Context = { filter: Filter; inserting: boolean; arrayFilters: ReadonlyMap<string, Filter> };

const MOST_PADDING = 1_500_000;

/** The concrete paths that `$`, `$[]` and `$[id]` stand for in this document. */
export function expandPath(doc: Doc, path: readonly string[], context: Context): string[][] {
  let open: { node: Value | undefined; path: string[] }[] = [{ node: doc, path: [] }];
  for (const part of path) {
    open = open.flatMap(({ node, path: before }) =>
      keysFor({ doc, node, before, part }, context).map((key) => ({ node: child(node, key), path: [...before, key] })),
    );
  }
  return open.map((one) => one.path);
}

function child(node: Value | undefined, key: string): Value | undefined {
  if (node instanceof Doc) return node.get(key);
  return isArray(node) && isPosition(key) ? node[Number(key)] : undefined;
}

type Place = { doc: Doc; node: Value | undefined; before: readonly string[]; part: string };

function keysFor(place: Place, context: Context): string[] {
  const { doc, node, before, part } = place;
  if (part === "$") return [String(matchedPosition(doc, before, context))];
  if (!part.startsWith("$[")) return [part];
  const name = before.join(".");
  if (node === undefined)
    throw new Fault(2, `The path '${name}' must exist in the document in order to apply array updates.`);
  if (!isArray(node)) throw new Fault(2, `Cannot apply array updates to non-array element ${name}`);
  const id = part.slice(2, -1);
  if (id === "") return [...node.keys()].map(String);
  const filter = context.arrayFilters.get(id);
  if (!filter)
    throw new Fault(2, `No array filter found for identifier '${id}' in path '${[...before, part].join(".")}'`);
  return [...node.keys()].filter((i) => matches(filter, docOf({ [id]: node[i] }))).map(String);
}

function matchedPosition(doc: Doc, path: readonly string[], { filter, inserting }: Context): number {
  const position = inserting ? -1 : positionOf(filter, doc, path);
  if (position >= 0) return position;
  throw new Fault(2, "The positional operator did not find the match needed from the query.");
}

export type Slot = { parent: Doc | Value[]; key: string };

/** Where the path ends, with documents made on the way; a scalar in the way is an error. */
export function createSlot(doc: Doc, path: readonly string[]): Slot {
  let parent: Doc | Value[] = doc;
  for (let i = 0; i < path.length - 1; i++) {
    const key = path[i]!;
    checkKey(parent, key, path, i);
    let next = child(parent, key);
    if (next === undefined) {
      next = new Doc();
      put({ parent, key }, next);
    }
    if (!(next instanceof Doc || isArray(next))) throw notViable(path, i + 1, next);
    parent = next;
  }
  checkKey(parent, path.at(-1)!, path, path.length - 1);
  return { parent, key: path.at(-1)! };
}

function checkKey(parent: Doc | Value[], key: string, path: readonly string[], depth: number): void {
  if (isArray(parent) && !isPosition(key)) throw notViable(path, depth, parent);
}

function notViable(path: readonly string[], depth: number, value: Value): Fault {
  const element = path[depth - 1] ?? "";
  return new Fault(28, `Cannot create field '${path[depth]}' in element {${element}: ${typeName(value)}}`);
}

/** Where the path ends; undefined when it does not lead anywhere. */
export function findSlot(doc: Doc, path: readonly string[]): Slot | undefined {
  let parent: Value | undefined = doc;
  for (const key of path.slice(0, -1)) parent = child(parent, key);
  if (!(parent instanceof Doc || isArray(parent))) return undefined;
  return { parent, key: path.at(-1)! };
}

export function read({ parent, key }: Slot): Value | undefined {
  return child(parent, key);
}

export function put({ parent, key }: Slot, value: Value): void {
  if (parent instanceof Doc) {
    parent.set(key, value);
    return;
  }
  const index = Number(key);
  if (index - parent.length > MOST_PADDING) throw new Fault(2, "can't backfill more than 1500000 elements");
  while (parent.length < index) parent.push(null);
  parent[index] = value;
}

/** An element of an array becomes null, as in MongoDB: the others keep their places. */
export function remove({ parent, key }: Slot): void {
  if (parent instanceof Doc) parent.delete(key);
  else if (isPosition(key) && Number(key) < parent.length) parent[Number(key)] = null;
}
