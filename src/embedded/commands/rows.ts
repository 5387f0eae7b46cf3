import type { Collection } from "../disk/catalogue.ts";
import { documentKey } from "../disk/documents.ts";
import { idsOf, makePlan, type Plan } from "../disk/plan.ts";
import { Scan } from "../disk/scan.ts";
import { Fault } from "../fault.ts";
import type { Filter } from "../query/filter.ts";
import { matches } from "../query/matches.ts";
import type { Projection } from "../query/projection.ts";
import { compareKeys, type SortField, sortKey } from "../query/sort.ts";
import type { Value } from "../values/value.ts";
import { type Context, Turns } from "./context.ts";
import { Row, type Rows } from "./row.ts";

const PIECE = 200;
const SORT_BYTES = 100 * 1024 * 1024;

export type Question = { filter: Filter; sort: readonly SortField[]; first?: number };

/**
 * Finds the matching documents in the order of the sort. `first`: a lower bound of how many the caller will
 * take.
 */
export async function* find(context: Context, collection: Collection | undefined, question: Question): Rows {
  if (!collection) return;
  const { filter, sort } = question;
  const ids = idsOf(filter, sort);
  if (ids) {
    const raws = ids.map((id) => context.store.get(documentKey(collection, id)));
    const rows = raws.flatMap((raw) => (raw ? [new Row({ raw })] : []));
    context.store.reads.documents += rows.length;
    const matching = filter.kind === "leaf" ? rows : rows.filter((row) => matches(filter, row.doc));
    if (matching.length > 0) yield matching;
    return;
  }
  const plan = makePlan(collection, filter, sort);
  const found = walk(context, collection, { plan, filter, piece: plan.sorted ? question.first : undefined });
  yield* plan.sorted ? found : sorted(found, sort, question.first);
}

async function* walk(
  context: Context,
  collection: Collection,
  { plan, filter, piece = PIECE }: { plan: Plan; filter: Filter; piece?: number | undefined },
): Rows {
  const scan = new Scan(context.store, collection, plan);
  const turns = new Turns(context);
  let size = Math.max(1, Math.min(piece, PIECE));
  while (!scan.done) {
    const rows = scan.take(size).map(({ raw }) => new Row({ raw }));
    const matching = plan.exact ? rows : rows.filter((row) => matches(filter, row.doc));
    if (matching.length > 0) yield matching;
    size = PIECE;
    await turns.pass();
  }
}

type Placed = { key: Value[]; row: Row };

/** Sorts in memory; with `keep` holds only that many of the first. */
export async function* sorted(rows: Rows, fields: readonly SortField[], keep = Number.POSITIVE_INFINITY): Rows {
  let placed: Placed[] = [];
  let bytes = 0;
  const order = (a: Placed, b: Placed) => compareKeys(fields, a.key, b.key);
  for await (const piece of rows) {
    for (const row of piece) {
      placed.push({ key: sortKey(fields, row.doc), row: new Row({ raw: row.raw }) });
      bytes += row.raw.length;
    }
    if (placed.length > 2 * keep + PIECE) {
      placed = placed.sort(order).slice(0, keep);
      bytes = placed.reduce((sum, one) => sum + one.row.raw.length, 0);
    }
    if (bytes > SORT_BYTES)
      throw new Fault(292, "Sort exceeded memory limit of 104857600 bytes: add an index that gives the order");
  }
  if (placed.length > 0) yield placed.sort(order).map((one) => one.row);
}

export async function* limited(rows: Rows, count: number): Rows {
  let left = count;
  if (left === 0) return;
  for await (const piece of rows) {
    yield piece.slice(0, left);
    left -= piece.length;
    if (left <= 0) return;
  }
}

export async function* projected(rows: Rows, projection: Projection): Rows {
  for await (const piece of rows) yield piece.map((row) => new Row({ doc: projection(row.doc) }));
}

export async function* once(rows: Row[]): Rows {
  if (rows.length > 0) yield rows;
}
