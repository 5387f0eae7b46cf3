import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import mongoose from "mongoose";
import { type Embedded, startEmbedded } from "../../src/embedded/embedded.ts";
import { Conflict } from "../../src/errors.ts";
import { collectionNames } from "../support/collection-names.ts";
import { internetSocketsOf } from "../support/process-facts.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const { mongo } = mongoose;
const dir = temporaryFolder("server");
let embedded: Embedded;
let client: mongoose.mongo.MongoClient;

before(async () => {
  embedded = await startEmbedded({ dir });
  client = await new mongo.MongoClient(embedded.uri).connect();
});
after(async () => {
  await client.close();
  await embedded.close();
});

test("a folder has one owner, and the second is told whom to ask", async () => {
  const error = await startEmbedded({ dir }).catch((thrown) => thrown);
  assert.ok(error instanceof Conflict);
  for (const words of [dir, String(process.pid), `MONGODB_URI=${embedded.uri}`])
    assert.ok(error.message.includes(words), error.message);
});

test("a folder is free again after close, and nothing is lost", async () => {
  const other = temporaryFolder("again");
  for (let round = 1; round <= 3; round++) {
    const { uri, close } = await startEmbedded({ dir: other });
    const visitor = await new mongo.MongoClient(uri).connect();
    await visitor.db().collection("rounds").insertOne({ round });
    assert.equal(await visitor.db().collection("rounds").countDocuments(), round);
    await visitor.close();
    await Promise.all([close(), close()]);
  }
});

test("it listens on a socket in its folder, and on no port of the machine unless one is asked for", async () => {
  assert.equal(new URL(embedded.uri).host, encodeURIComponent(realpathSync(join(dir, "mongodb.sock"))));
  assert.equal(embedded.tcpUri, null);
  if (process.platform === "linux") assert.deepEqual(internetSocketsOf(process.pid), []);
  const other = temporaryFolder("port");
  const { uri, tcpUri, close } = await startEmbedded({ dir: other, port: 0 });
  const near = await new mongo.MongoClient(uri).connect();
  const far = await new mongo.MongoClient(String(tcpUri)).connect();
  await far.db().collection("ways").insertOne({ by: "port" });
  assert.deepEqual(
    (await near.db().collection("ways").find().toArray()).map(({ by }) => by),
    ["port"],
  );
  await Promise.all([near.close(), far.close()]);
  await close();
});

const modesIn = (folder: string) =>
  Object.fromEntries(
    [".", ...readdirSync(folder)].map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]),
  );
const PRIVATE = {
  ".": "700",
  "kuaichu.mdb": "600",
  "kuaichu.mdb-lock": "600",
  "mongodb.sock": "600",
  "owner.json": "600",
};

test("folder and files are their owner's alone, also where they were open to all before", async () => {
  const own = join(temporaryFolder("modes"), "database");
  for (let round = 1; round <= 2; round++) {
    const { close } = await startEmbedded({ dir: own });
    assert.deepEqual(modesIn(own), PRIVATE);
    await close();
    chmodSync(own, 0o755);
    for (const name of readdirSync(own)) chmodSync(join(own, name), 0o644);
    writeFileSync(join(own, "owner.json"), "{}", { mode: 0o644 });
  }
});

test("a folder that cannot be made private is refused with a sentence", async () => {
  // a folder that exists on every Linux and whose mode cannot be changed
  if (process.platform !== "linux") return;
  await assert.rejects(startEmbedded({ dir: "/proc/self/task" }), {
    message:
      "/proc/self/task cannot be made private to this user (EPERM): choose another DATA_DIR, one that this user owns",
  });
});

test("a folder whose name is longer than a socket's address has its socket all the same, for other processes, too", async () => {
  const far = join(temporaryFolder("far"), "x".repeat(100));
  const start = startEmbedded({ dir: far });
  if (process.platform === "linux") {
    const { uri, close } = await start;
    assert.ok(statSync(join(far, "mongodb.sock")).isSocket());
    const ask = `const c = await new (require("mongoose").mongo.MongoClient)(${JSON.stringify(uri)}).connect();
      console.log((await c.db().command({ ping: 1 })).ok); await c.close();`;
    const program = `(async () => { ${ask} })()`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program]);
    assert.equal(stdout, "1\n");
    await close();
    assert.ok(!existsSync(join(far, "mongodb.sock")));
  } else {
    await assert.rejects(start, /choose another DATA_DIR/);
  }
});

test("a socket that a killed process left behind is no hindrance", async () => {
  const left = temporaryFolder("left");
  writeFileSync(join(left, "mongodb.sock"), "");
  const { close } = await startEmbedded({ dir: left });
  assert.ok(statSync(join(left, "mongodb.sock")).isSocket());
  await close();
});

/** Sends bytes; returns what comes back until the connection ends, or the first answer. */
async function exchange(bytes: Buffer): Promise<Buffer> {
  const socket = connect(join(dir, "mongodb.sock"));
  socket.on("error", () => {});
  const parts: Buffer[] = [];
  socket.on("data", (part) => {
    parts.push(part);
    socket.end();
  });
  socket.write(bytes);
  await once(socket, "close");
  return Buffer.concat(parts);
}

function message(code: number, body: Buffer, length = body.length + 16): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(length, 0);
  head.writeInt32LE(77, 4);
  head.writeInt32LE(code, 12);
  return Buffer.concat([head, body]);
}

const ping = Buffer.from(mongo.BSON.serialize({ ping: 1, $db: "admin" }));
const flags = (value: number) => Buffer.from([value & 0xff, value >> 8, 0, 0]);
const msg = (value: number, ...sections: Buffer[]) => message(2013, Buffer.concat([flags(value), ...sections]));
const body = Buffer.concat([Buffer.from([0]), ping]);

test("messages that break the protocol end their connection, nothing more", async (t) => {
  const cases: [string, Buffer][] = [
    ["a length too small", message(2013, Buffer.alloc(0), 3)],
    ["a negative length", message(2013, Buffer.alloc(0), -1)],
    ["a length too large", message(2013, Buffer.alloc(0), 2 ** 30)],
    ["an unknown operation", message(4242, body)],
    ["a compressed message", message(2012, body)],
    ["an old insert", message(2002, body)],
    ["no body", msg(0)],
    ["two bodies", msg(0, body, body)],
    ["an unknown section", msg(0, Buffer.from([9]), ping)],
    ["an unknown required flag", msg(4, body)],
    ["a checksum, which no driver sends", msg(1, body, Buffer.alloc(4))],
    ["a body cut short", msg(0, body.subarray(0, 12))],
    ["a body with a wrong length", msg(0, Buffer.from([0, 255, 0, 0, 0]), ping)],
    ["a sequence without a name", msg(0, body, Buffer.from([1, 6, 0, 0, 0, 65, 65]))],
    ["garbage in the body", msg(0, Buffer.from([0, 9, 0, 0, 0, 99, 99, 99, 99, 0]))],
    [
      "an old query of a collection",
      message(2004, Buffer.concat([Buffer.alloc(4), Buffer.from("a.b\0"), Buffer.alloc(8), ping])),
    ],
  ];
  for (const [name, bytes] of cases) await t.test(name, async () => assert.equal((await exchange(bytes)).length, 0));
  await t.test("random bytes", async () => {
    for (let i = 0; i < 20; i++) await exchange(Buffer.concat([message(2013, randomBytes(60)), randomBytes(30)]));
  });
  assert.equal((await client.db().command({ ping: 1 }))["ok"], 1);
});

test("a message in small pieces is answered", async () => {
  const socket = connect(join(dir, "mongodb.sock"));
  socket.setNoDelay(true);
  const answered = once(socket, "data");
  for (const one of msg(0, body)) {
    socket.write(Buffer.from([one]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const [answer] = (await answered) as [Buffer];
  assert.equal(answer.readInt32LE(8), 77);
  socket.destroy();
});

test("mongoose: models, unique and sub-documents, versions, populate-free reads", async () => {
  const connection = await mongoose.createConnection(embedded.uri).asPromise();
  const part = new mongoose.Schema({ n: Number });
  const schema = new mongoose.Schema(
    { name: { type: String, unique: true }, parts: [part], at: Date, map: { type: Map, of: Number } },
    { optimisticConcurrency: true, autoCreate: false },
  );
  const Thing = connection.model("Thing", schema);
  await Thing.init();
  const one = await Thing.create({ name: "one", parts: [{ n: 1 }], at: new Date(5), map: { a: 1 } });
  await assert.rejects(Thing.create({ name: "one" }), {
    code: 11000,
    keyPattern: { name: 1 },
    keyValue: { name: "one" },
  });
  const rival = await Thing.findById(one._id).orFail();
  one.parts.push({ n: 2 });
  one.parts[0]!.n = 7;
  await one.save();
  rival.name = "two";
  await assert.rejects(rival.save(), { name: "VersionError" });
  const found = await Thing.findOne({ "parts.n": 7 }).lean().orFail();
  assert.deepEqual([found.name, found.parts.map((each) => each.n), found.at], ["one", [7, 2], new Date(5)]);
  assert.equal(await Thing.countDocuments({ name: "one" }), 1);
  await connection.close();
});

test("a document may have up to 16 MB and no more", async () => {
  const collection = client.db().collection<{ _id: number; data?: Buffer | string }>("large");
  await collection.insertOne({ _id: 1, data: Buffer.alloc(16_777_000) });
  const found = await collection.findOne({ _id: 1 }, { promoteBuffers: true });
  assert.equal(found?.data?.length, 16_777_000);
  await collection.insertOne({ _id: 2, data: "x".repeat(16_000_000) });
  await assert.rejects(collection.updateOne({ _id: 2 }, { $set: { more: "y".repeat(1_000_000) } as object }), {
    code: 10334,
  });
  assert.equal((await collection.find({}, { projection: { _id: 1 } }).toArray()).length, 2);
  assert.equal((await collection.find().toArray()).length, 2);
  await collection.deleteMany({});
});

test("many collections and writers at once", async () => {
  const database = client.db("crowd");
  await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      const collection = database.collection(`c${i % 30}`);
      await collection.createIndex({ k: 1 }, { unique: true });
      await collection.insertOne({ k: i });
      await collection.updateOne({ k: -1 }, { $inc: { n: 1 } }, { upsert: true });
    }),
  );
  assert.equal((await collectionNames(database, dir)).length, 30);
  for (let i = 0; i < 30; i++) assert.deepEqual((await database.collection(`c${i}`).findOne({ k: -1 }))?.["n"], 2);
});

test("of many who claim the same thing at once each gets another one", async () => {
  const queue = client.db().collection<{ _id: number; owner?: number }>("queue");
  await queue.insertMany(Array.from({ length: 40 }, (_, _id) => ({ _id })));
  const claim = (owner: number) =>
    queue.findOneAndUpdate({ owner: { $exists: false } }, { $set: { owner } }, { sort: { _id: 1 } });
  const claimed = await Promise.all(Array.from({ length: 50 }, (_, owner) => claim(owner)));
  const ids = claimed.flatMap((one) => (one ? [one._id] : []));
  assert.equal(new Set(ids).size, 40);
  assert.equal(ids.length, 40);
});

test("a long scan lets others have their turn", async () => {
  const collection = client.db().collection("wide");
  await collection.insertMany(Array.from({ length: 20_000 }, (_, i) => ({ i, text: "x".repeat(100) })));
  let pings = 0;
  let scanning = true;
  const scan = collection
    .find({ text: "y" })
    .toArray()
    .then(() => (scanning = false));
  while (scanning) {
    await client.db().command({ ping: 1 });
    pings++;
  }
  await scan;
  assert.ok(pings > 2, `${pings} pings while scanning`);
  const claim = (n: number) =>
    collection.findOneAndUpdate({ claimed: { $exists: false } }, { $set: { claimed: n } }, { sort: { i: -1 } });
  const claimed = await Promise.all([1, 2, 3].map(claim));
  assert.deepEqual(claimed.map((one) => one?.["i"]).sort(), [19_997, 19_998, 19_999]);
  await assert.rejects(collection.find({ text: "y" }).maxTimeMS(1).toArray(), { code: 50 });
});
