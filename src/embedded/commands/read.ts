import type { Collection } from "../disk/catalogue.ts";
import { makePlan } from "../disk/plan.ts";
import { Fault } from "../fault.ts";
import { compileFilter, type Filter } from "../query/filter.ts";
import { splitPath, tuplesAt } from "../query/path.ts";
import { compileProjection } from "../query/projection.ts";
import { parseSort } from "../query/sort.ts";
import { compare, EMPTY } from "../values/compare.ts";
import { encodeKey } from "../values/key.ts";
import { Doc, docOf, int, isArray, type Value } from "../values/value.ts";
import type { Command, Context } from "./context.ts";
import { FIRST_BATCH } from "./cursors.ts";
import { countOption, docOption, flagOption, namespaceOf, sizeOption, textOption } from "./options.ts";
import { find, limited, projected, skipped } from "./rows.ts";

export const findCommand: Command = (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const filter = compileFilter(docOption(command, "filter") ?? new Doc(), context.now);
  const sort = parseSort(docOption(command, "sort"));
  const projection = compileProjection(docOption(command, "projection"));
  const skip = sizeOption(command, "skip") ?? 0;
  const limit = countOption(command, "limit") ?? 0;
  const batchSize = sizeOption(command, "batchSize");
  const most = limit === 0 ? undefined : Math.abs(limit) + skip;
  const collection = context.catalogue.find(namespace);
  let rows = find(context, collection, { filter, sort, first: most ?? (sort.length === 0 ? batchSize : undefined) });
  if (skip > 0) rows = skipped(rows, skip);
  if (limit !== 0) rows = limited(rows, Math.abs(limit));
  if (projection) rows = projected(rows, projection);
  const single = limit < 0 || flagOption(command, "singleBatch");
  return context.cursors.start(namespace, rows, { batchSize: batchSize ?? FIRST_BATCH, single });
};

export const getMoreCommand: Command = (command, context) => {
  const [id] = command.values();
  if (typeof id !== "bigint") throw new Fault(14, "the cursor of getMore must be a long");
  const namespace = `${context.database}.${textOption(command, "collection")}`;
  return context.cursors.more(id, namespace, sizeOption(command, "batchSize") || undefined);
};

export const killCursorsCommand: Command = (command, context) => {
  const ids = command.get("cursors");
  if (!isArray(ids)) throw new Fault(14, "cursors must be an array");
  const killed = ids.filter((id) => typeof id === "bigint" && context.cursors.kill(id));
  const cursorsNotFound = ids.filter((id) => !killed.includes(id));
  return docOf({ cursorsKilled: killed, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [], ok: 1 });
};

export const countCommand: Command = async (command, context) => {
  const filter = compileFilter(docOption(command, "query") ?? new Doc(), context.now);
  const collection = context.catalogue.find(namespaceOf(command, context.database));
  const all = await countMatching(context, collection, filter);
  const afterSkip = Math.max(0, all - (sizeOption(command, "skip") ?? 0));
  const limit = Math.abs(countOption(command, "limit") ?? 0);
  return docOf({ n: int(limit === 0 ? afterSkip : Math.min(limit, afterSkip)), ok: 1 });
};

/** Where an index answers exactly, its entries are counted and no document is read. */
export async function countMatching(
  context: Context,
  collection: Collection | undefined,
  filter: Filter,
): Promise<number> {
  if (!collection) return 0;
  const plan = makePlan(collection, filter, []);
  if (plan.exact && !plan.repeats) return plan.ranges.reduce((sum, range) => sum + context.store.count(range), 0);
  let count = 0;
  for await (const piece of find(context, collection, { filter, sort: [] })) count += piece.length;
  return count;
}

export const distinctCommand: Command = async (command, context) => {
  const path = splitPath(textOption(command, "key"));
  const filter = compileFilter(docOption(command, "query") ?? new Doc(), context.now);
  const collection = context.catalogue.find(namespaceOf(command, context.database));
  const values = new Map<string, Value>();
  for await (const piece of find(context, collection, { filter, sort: [] })) {
    for (const [value] of piece.flatMap((row) => tuplesAt(row.doc, [path]))) {
      if (value === undefined || value === EMPTY) continue;
      const key = encodeKey([value]).toString("latin1");
      if (!values.has(key)) values.set(key, value);
    }
  }
  return docOf({ values: [...values.values()].sort(compare), ok: 1 });
};
