import { mongo } from "mongoose";

type State = { n: number; u: string } | null;
/**
 * Allowed states of a document: the last acknowledged one, and the one in flight when the process was
 * killed.
 */
export type Expected = { acknowledged: State | undefined; onItsWay: State | undefined };
export type Ledger = Map<string, Expected>;
type Random = () => number;

/** Makes random numbers from 0 to 1, the same in every run. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export async function prepare(uri: string): Promise<void> {
  const client = await new mongo.MongoClient(uri).connect();
  const collection = client.db().collection("written");
  await collection.createIndex({ u: 1 }, { unique: true });
  await collection.createIndex({ tags: 1, n: -1 });
  await collection.createIndex({ n: 1 }, { partialFilterExpression: { n: { $gt: 1 } } });
  await client.close();
}

type Writer = { name: string; ledger: Ledger; random: Random };

/** Writes until the database is gone; calls `wrote` for each acknowledged write. */
export async function write(uri: string, writer: Writer, wrote: () => void): Promise<void> {
  const client = new mongo.MongoClient(uri, { maxPoolSize: 1 });
  const collection = client.db().collection<Written>("written");
  const mine: string[] = [];
  try {
    for (let i = 0; ; i++) {
      await step(collection, { ...writer, i }, mine);
      wrote();
    }
  } catch (error) {
    if (error instanceof mongo.MongoServerError) throw error;
  } finally {
    await client.close(true);
  }
}

type Written = { _id: string; n: number; u: string; tags: string[] };
type Step = Writer & { i: number };

async function step(
  collection: mongo.Collection<Written>,
  { name, ledger, random, i }: Step,
  mine: string[],
): Promise<void> {
  const chance = random();
  const old = mine[Math.floor(random() * mine.length)];
  if (chance < 0.5 || old === undefined) {
    const id = `${name}-${i}`;
    mine.push(id);
    const tags = Array.from({ length: Math.floor(random() * 4) }, (_, k) => `t${k}`);
    await noted(ledger, id, { n: 0, u: id }, () => collection.insertOne({ _id: id, n: 0, u: id, tags }));
    return;
  }
  if (chance < 0.9) {
    const before = ledger.get(old)!.acknowledged!;
    const after = { n: before.n + 1, u: `${old}/${before.n + 1}` };
    const update = { $inc: { n: 1 }, $set: { u: after.u }, $push: { tags: `x${i % 9}` } };
    await noted(ledger, old, after, () => collection.updateOne({ _id: old, n: before.n }, update));
    return;
  }
  mine.splice(mine.indexOf(old), 1);
  await noted(ledger, old, null, () => collection.deleteOne({ _id: old }));
}

async function noted(ledger: Ledger, id: string, state: State, act: () => Promise<unknown>): Promise<void> {
  const entry = ledger.get(id) ?? { acknowledged: undefined, onItsWay: undefined };
  ledger.set(id, { ...entry, onItsWay: state });
  await act();
  ledger.set(id, { acknowledged: state, onItsWay: undefined });
}

/** Whether the stored documents are those acknowledged, with or without the write in flight. */
export function isAsExpected({ acknowledged, onItsWay }: Expected, found: State): boolean {
  const allowed = onItsWay === undefined ? [acknowledged] : [acknowledged, onItsWay];
  return allowed.some((state) => same(state ?? null, found));
}

function same(a: State, b: State): boolean {
  return a === null || b === null ? a === b : a.n === b.n && a.u === b.u;
}
