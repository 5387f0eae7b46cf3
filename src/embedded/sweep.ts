import type { Engine } from "./commands/context.ts";
import type { Collection, Index } from "./disk/catalogue.ts";
import { makePlan } from "./disk/plan.ts";
import { Scan } from "./disk/scan.ts";
import { compileFilter } from "./query/filter.ts";
import { matches } from "./query/matches.ts";
import { decode } from "./values/decode.ts";
import { DateTime, type Doc, docOf } from "./values/value.ts";

const PIECE = 100;

/** Removes the documents that have expired by TTL indexes at `nowMs`. Returns how many. */
export async function sweep(engine: Engine, nowMs: number): Promise<number> {
  let removed = 0;
  for (const { namespace, indexes } of engine.catalogue.list()) {
    for (const index of indexes) {
      if (index.expireAfterSeconds !== undefined) removed += await sweepIndex(engine, { namespace, index }, nowMs);
    }
  }
  return removed;
}

async function sweepIndex(
  engine: Engine,
  { namespace, index }: { namespace: string; index: Index },
  nowMs: number,
): Promise<number> {
  const [name] = index.key.keys();
  const limit = nowMs - index.expireAfterSeconds! * 1000;
  const filter = compileFilter(docOf({ [name!]: docOf({ $lte: new DateTime(limit) }) }));
  let removed = 0;
  while (true) {
    // In pieces, so that other writes come in between.
    const count = await engine.store.write(() =>
      engine.store.atomic(() => {
        const collection = engine.catalogue.find(namespace);
        return collection ? removePiece(engine, collection, { index, filter }) : 0;
      }),
    );
    removed += count;
    if (count < PIECE) return removed;
  }
}

type Expired = { index: Index; filter: ReturnType<typeof compileFilter> };

function removePiece(engine: Engine, collection: Collection, { index, filter }: Expired): number {
  const plan = makePlan({ ...collection, indexes: [{ ...index, partial: undefined, sparse: false }] }, filter, []);
  const scan = new Scan(engine.store, collection, plan);
  const expired: Doc[] = [];
  while (!scan.done && expired.length < PIECE) {
    expired.push(
      ...scan
        .take(PIECE)
        .map(({ raw }) => decode(raw))
        .filter((doc) => matches(filter, doc)),
    );
  }
  for (const doc of expired) engine.documents.remove(collection, doc);
  return expired.length;
}
