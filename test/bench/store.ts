import { mongo } from "mongoose";
import { startEmbedded } from "../../src/embedded/embedded.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ROUND_MS = 1_000;
const DOCUMENTS = 2_000;
type Entry = { _id: string; k: number; at: Date; party: { kind: string; name: string }; text: string };

function entry(k: number): Entry {
  return {
    _id: `${process.pid}-${k}-${performance.now()}`,
    k,
    at: new Date(),
    party: { kind: "driver", name: "n".repeat(40) },
    text: "x".repeat(200),
  };
}

/** How often `act` is done in a second, so many at once. */
async function perSecond(atOnce: number, act: (i: number) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let count = 0;
  const worker = async () => {
    while (performance.now() - start < ROUND_MS) await act(count++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return Math.round((count / (performance.now() - start)) * 1000);
}

async function measure(uri: string, name: string): Promise<Record<string, number>> {
  const client = await new mongo.MongoClient(uri).connect();
  const collection = client.db("bench_store").collection<Entry>("entries");
  await collection.createIndex({ k: 1 });
  await collection.insertMany(Array.from({ length: DOCUMENTS }, (_, k) => entry(k)));
  const insert = (i: number) => collection.insertOne(entry(DOCUMENTS + i));
  const read = (i: number) => collection.findOne({ k: i % DOCUMENTS });
  const figures = {
    [`${name}.insertsPerSecond`]: await perSecond(1, insert),
    [`${name}.insertsPerSecond16AtOnce`]: await perSecond(16, insert),
    [`${name}.indexedReadsPerSecond`]: await perSecond(1, read),
    [`${name}.indexedReadsPerSecond16AtOnce`]: await perSecond(16, read),
  };
  await collection.deleteMany({});
  await client.close();
  return figures;
}

/**
 * Durable inserts and reads by an index, through the driver: the embedded database and, where MONGODB_URI is
 * set, the second one beside it.
 */
export async function benchStore(): Promise<Record<string, number>> {
  const dir = temporaryFolder("bench");
  const embedded = await startEmbedded({ dir });
  try {
    const own = await measure(embedded.uri, "embedded");
    const secondUri = process.env["MONGODB_URI"];
    return secondUri ? { ...own, ...(await measure(secondUri, "second")) } : own;
  } finally {
    await embedded.close();
  }
}
