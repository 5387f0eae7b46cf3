import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { mongo } from "mongoose";
import { startEmbedded } from "../../src/embedded/embedded.ts";
import { own } from "../../src/embedded/owner.ts";
import { collectionNames } from "../support/collection-names.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ROUNDS = 3;
const WRITERS = 3;

interface Kept {
  _id: string;
  round: number;
  bytes: mongo.Binary;
}

const dataDir = temporaryFolder("backed-up");
let owner: ChildProcess;
let client: mongo.MongoClient;

/** A process of its own, as the server is to the command. */
before(async () => {
  owner = spawn(process.execPath, [fileOf("../embedded/kill/owner.js"), join(dataDir, "database")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [uri] = (await once(createInterface(owner.stdout!), "line")) as [string];
  client = await new mongo.MongoClient(uri).connect();
  await client.db().collection("kept").createIndex({ round: 1 });
});
after(async () => {
  await client.close();
  owner.kill("SIGKILL");
});

const keptOf = (one: mongo.MongoClient) => one.db().collection<Kept>("kept");

async function backup(words: string[], env: Record<string, string> = {}): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [fileOf("../../src/jobs/backup-command.js"), ...words], {
    env: { PATH: process.env.PATH ?? "", DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      said += text;
    });
  const [code] = (await once(child, "close")) as [number];
  return { code, said };
}

/** Every document of every collection, as a text, by collection. */
async function everything(one: mongo.MongoClient, folder: string): Promise<Record<string, string[]>> {
  const names = await collectionNames(one.db(), join(folder, "database"));
  const all = names.map(async (name) => {
    const documents = await one
      .db()
      .collection(name)
      .find({}, { sort: { _id: 1 } })
      .toArray();
    return [name, documents.map((document) => mongo.BSON.EJSON.stringify(document))] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

async function restored<T>(folder: string, look: (one: mongo.MongoClient) => Promise<T>): Promise<T> {
  const { uri, close } = await startEmbedded({ dir: join(folder, "database") });
  const visitor = await new mongo.MongoClient(uri).connect();
  try {
    return await look(visitor);
  } finally {
    await visitor.close();
    await close();
  }
}

test(`${ROUNDS} copies that are taken while ${WRITERS} writers write are whole, and hold all that was acknowledged before`, async () => {
  const acknowledged: string[] = [];
  let isOver = false;
  let round = 0;
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let n = 0; !isOver; n++) {
      const _id = `${writer}-${n}`;
      const size = n % 5 === 0 ? 100_000 : 500;
      await keptOf(client).insertOne({ _id, round, bytes: new mongo.Binary(randomBytes(size)) });
      acknowledged.push(_id);
      if (n % 3 === 0) await keptOf(client).updateOne({ _id }, { $inc: { round: 1 } });
    }
  });
  try {
    for (; round < ROUNDS; round++) {
      const known = [...acknowledged];
      const folder = join(temporaryFolder("copy"), "new");
      const { code, said } = await backup([folder]);
      assert.equal(code, 0, said);
      assert.match(said, /^copying: \d+ % of \d+ MB\n(.+\n)*checking \d+ MB\n\d+ MB in .+, whole\./);
      const found = await restored(folder, (one) => keptOf(one).find().toArray());
      const ids = new Set(found.map(({ _id }) => _id));
      const missing = known.filter((id) => !ids.has(id));
      assert.deepEqual(missing, []);
      assert.deepEqual(readdirSync(folder), ["database"]);
    }
  } finally {
    isOver = true;
    await Promise.all(writers);
  }
});

test("a copy of a database that rests holds every document of it, and nobody else may read it", async () => {
  const folder = temporaryFolder("copy");
  assert.equal((await backup([folder])).code, 0);
  const modes = ["database", "database/kuaichu.mdb"].map((name) => statSync(join(folder, name)).mode & 0o777);
  assert.deepEqual(modes, [0o700, 0o600]);
  const [was, is] = [await everything(client, dataDir), await restored(folder, (one) => everything(one, folder))];
  assert.ok((was["kept"]?.length ?? 0) > 0);
  assert.deepEqual(is, was);
});

test("what cannot be done is said in one sentence, and leaves nothing behind", async () => {
  const folder = temporaryFolder("refused");
  const nothing = temporaryFolder("nothing");
  const taken = join(temporaryFolder("taken"), "in-use");
  mkdirSync(join(taken, "database"), { recursive: true });
  writeFileSync(join(taken, "database", "mine"), "");
  const refusals: [string[], Record<string, string>, RegExp, number][] = [
    [[], {}, /^usage: /, 2],
    [["--all"], {}, /^usage: /, 2],
    [[folder], { DATA_DIR: nothing }, /^There is no database in /, 1],
    [[folder], { MONGODB_URI: "mongodb://127.0.0.1:1/kuaichu", SIMULATOR: "true" }, /^MONGODB_URI is set/, 1],
    [[taken], {}, /is there already/, 1],
  ];
  for (const [words, env, sentence, expected] of refusals) {
    const { code, said } = await backup(words, env);
    assert.match(said, sentence);
    assert.equal(code, expected, said);
  }
  const busy = temporaryFolder("busy");
  const other = await own(join(busy, "database.partial"));
  const { code, said } = await backup([busy]);
  assert.match(
    said,
    /^.+database\.partial is being written by process \d+, since .+: wait for it, or name another folder\.\n$/,
  );
  assert.equal(code, 1);
  assert.deepEqual(readdirSync(busy), ["database.partial"]);
  await other.release();
  writeFileSync(join(busy, "database.partial", "kuaichu.mdb"), "what an interrupted copy has left");
  assert.equal((await backup([busy])).code, 0);
  assert.deepEqual(readdirSync(busy), ["database"]);
  assert.deepEqual(readdirSync(join(busy, "database")), ["kuaichu.mdb"]);
  assert.deepEqual([readdirSync(folder), readdirSync(join(taken, "database"))], [[], ["mine"]]);
  assert.ok(!existsSync(join(nothing, "database")));
});
