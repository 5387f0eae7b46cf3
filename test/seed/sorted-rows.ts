/** Ids of rows, millions of them, kept as bytes: as strings they would fill the heap. */
export interface SortedRows {
  add(ids: readonly string[]): void;
  count(): number;
  /** All of them in order, some at a time. */
  inOrder(atOnce: number): Generator<string[]>;
}

/** Ids of one bucket that are text until then. */
const AT_ONCE = 1_000;

interface Bucket {
  fresh: string[];
  packed: Buffer[];
}

/** `bucketOf` names the bucket of an id; buckets follow each other as their ids do. */
export function sortedRows(bucketOf: (id: string) => string): SortedRows {
  const buckets = new Map<string, Bucket>();
  let count = 0;
  const pack = (bucket: Bucket) => {
    if (bucket.fresh.length > 0) bucket.packed.push(Buffer.from(`${bucket.fresh.join("\n")}\n`, "latin1"));
    bucket.fresh = [];
  };
  const idsOf = (bucket: Bucket): string[] => {
    pack(bucket);
    return Buffer.concat(bucket.packed).toString("latin1").split("\n").slice(0, -1).sort();
  };
  return {
    add(ids) {
      count += ids.length;
      for (const id of ids) {
        const name = bucketOf(id);
        const bucket = buckets.get(name) ?? { fresh: [], packed: [] };
        buckets.set(name, bucket);
        if (bucket.fresh.push(id) >= AT_ONCE) pack(bucket);
      }
    },
    count: () => count,
    *inOrder(atOnce) {
      for (const name of [...buckets.keys()].sort()) {
        const ids = idsOf(buckets.get(name)!);
        buckets.delete(name);
        for (let at = 0; at < ids.length; at += atOnce) yield ids.slice(at, at + atOnce);
      }
    },
  };
}
