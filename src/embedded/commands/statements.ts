import type { Collection } from "../disk/catalogue.ts";
import { documentKey, encodeChecked } from "../disk/documents.ts";
import { idKey } from "../disk/keys.ts";
import { idsOf, makePlan } from "../disk/plan.ts";
import { type Found, Scan } from "../disk/scan.ts";
import type { Filter } from "../query/filter.ts";
import { matches } from "../query/matches.ts";
import { compareKeys, type SortField, sortKey } from "../query/sort.ts";
import { checkSameId, type Updater } from "../update/update.ts";
import { checkId, seedFrom, withId } from "../update/upsert.ts";
import { decode } from "../values/decode.ts";
import type { Doc, Value } from "../values/value.ts";
import type { Context } from "./context.ts";
import type { Row, Rows } from "./row.ts";
import { find, limited } from "./rows.ts";

/*
 * One statement inside a write. All of it is synchronous, so that nothing changes between finding and
 * writing.
 */

export type Target = { filter: Filter; sort: readonly SortField[]; multi: boolean };
export type Match = { id: Buffer; raw: Buffer; doc: Doc };

const PIECE = 64;

/**
 * Documents found before the write for a statement that no index serves. Valid while `changes` of the store
 * is the same.
 */
export type Foreseen = { ids: readonly Buffer[]; changes: number };

/**
 * Looks up the documents of a statement that needs a collection scan before the write begins, yielding to
 * others, so that the scan does not hold up writes. Undefined where no scan is needed.
 */
export async function foresee(
  context: Context,
  namespace: string,
  { filter, sort, multi }: Target,
): Promise<Foreseen | undefined> {
  const collection = context.store.writing === 0 ? context.catalogue.find(namespace) : undefined;
  if (!collection || idsOf(filter, sort) || !makePlan(collection, filter, multi ? [] : sort).scan) return undefined;
  const { changes } = context.store;
  const first = multi ? undefined : 1;
  const rows = find(context, collection, { filter, sort: multi ? [] : sort, ...(first && { first }) });
  const ids: Buffer[] = [];
  for await (const row of eachRow(first ? limited(rows, first) : rows)) ids.push(idKey(row.doc.get("_id")!));
  return { ids, changes };
}

async function* eachRow(rows: Rows): AsyncGenerator<Row> {
  for await (const piece of rows) yield* piece;
}

function byIds(context: Context, collection: Collection, ids: readonly Buffer[]): Match[] {
  return ids.flatMap((id) => {
    const raw = context.store.get(documentKey(collection, id));
    return raw ? [{ id, raw, doc: decode(raw) }] : [];
  });
}

/** Finds the documents of a statement: all, or the first by the sort. */
export function select(
  context: Context,
  collection: Collection,
  { filter, sort, multi }: Target,
  foreseen?: Foreseen,
): Match[] {
  const ids = idsOf(filter, sort);
  if (ids)
    return byIds(context, collection, ids)
      .filter(({ doc }) => matches(filter, doc))
      .slice(0, multi ? undefined : 1);
  if (foreseen?.changes === context.store.changes) return byIds(context, collection, foreseen.ids);
  const plan = makePlan(collection, filter, multi ? [] : sort);
  const scan = new Scan(context.store, collection, plan);
  const wanted = multi || !plan.sorted ? Number.POSITIVE_INFINITY : 1;
  const found: Match[] = [];
  for (let size = wanted === 1 ? 1 : PIECE; !scan.done && found.length < wanted; size = PIECE) {
    for (const one of scan.take(size).map(decoded)) {
      if (plan.exact || matches(filter, one.doc)) found.push(one);
      if (found.length >= wanted) break;
    }
  }
  return multi || plan.sorted ? found : firstBy(sort, found);
}

function decoded({ id, raw }: Found): Match {
  return { id, raw, doc: decode(raw) };
}

function firstBy(sort: readonly SortField[], found: readonly Match[]): Match[] {
  if (found.length === 0) return [];
  const keyed = found.map((one) => ({ one, key: sortKey(sort, one.doc) }));
  return [keyed.reduce((best, next) => (compareKeys(sort, next.key, best.key) < 0 ? next : best)).one];
}

export type Changed = { raw: Buffer; modified: boolean };

/** Applies the update to one document. */
export function change(context: Context, collection: Collection, match: Match, updater: Updater): Changed {
  const before = context.documents.entriesBefore(collection, match.doc);
  const id = match.doc.get("_id");
  const doc = updater(match.doc, false);
  checkSameId(id, doc);
  const raw = encodeChecked(doc);
  if (raw.equals(match.raw)) return { raw, modified: false };
  context.documents.replace(collection, before, { doc, raw });
  return { raw, modified: true };
}

export type Seed = { updater: Updater; filter: Filter };

/** Inserts the document that the filter and the update of an upsert make. Returns it. */
export function upsert(context: Context, namespace: string, { updater, filter }: Seed): Doc {
  const seed = seedFrom(filter);
  const id = seed.get("_id");
  const doc = withId(updater(seed, true));
  checkSameId(id, doc);
  checkId(doc.get("_id") as Value);
  context.documents.insert(collectionFor(context, namespace), doc);
  return doc;
}

/** The collection of this namespace, created on its first write. */
export function collectionFor(context: Context, namespace: string): Collection {
  return context.catalogue.find(namespace) ?? context.catalogue.create(namespace);
}
