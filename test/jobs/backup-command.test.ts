import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import mongoose, { type Connection } from "mongoose";
import { openAccident } from "../../src/actions/open-accident.ts";
import type { Config } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { StartFault } from "../../src/errors.ts";
import { backupCommand } from "../../src/jobs/backup-command.ts";
import { eraseCommand } from "../../src/jobs/erase-command.ts";
import { newKeyCommand, restoreCommand } from "../../src/jobs/restore-command.ts";
import { KEPT, LEFT_OUT } from "../../src/store/backup/collections.ts";
import { DatabaseFault } from "../../src/store/database-fault.ts";
import { seed } from "../seed/main.ts";
import { admitted } from "../support/admitted.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { capturedLog } from "../support/captured-log.ts";
import { collectionNames } from "../support/collection-names.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";
import { type S3Server, startS3 } from "../support/s3-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder("backups");
const CASES = 4;
let s3: S3Server;
let app: TestApp;
let connection: Connection;
let config: Config;

before(async () => {
  s3 = await startS3();
  const { endpoint, region, name } = s3.bucket;
  const bucket = { STORAGE: "s3", S3_ENDPOINT: endpoint!, S3_REGION: region!, S3_BUCKET: name };
  const access = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER", S3_FORCE_PATH_STYLE: "true" };
  app = await startApp({ env: { ...bucket, ...access } });
  connection = await mongoose.createConnection(app.databaseUri).asPromise();
  config = { ...app.config, logLevel: "silent", mongodbUri: app.databaseUri };
  const order = { cases: CASES, seed: 1, pictures: CASES, besideReal: false };
  await seed(
    { connection, vault: app.ctx.vault, blobs: app.ctx.blobs, now: () => app.clock.now() },
    config,
    order,
    () => {},
  );
});
after(async () => {
  await connection.close();
  await app.stop();
  await s3.close();
  await closeDatabase();
});

type Command = typeof backupCommand;

async function run(command: Command, of: Config, words: string[]): Promise<{ code: number; said: string }> {
  let said = "";
  const code = await command(of, words, (text) => {
    said += text;
  });
  return { code, said };
}

const backUp = async (name: string, ...more: string[]): Promise<string> => {
  const file = join(folder, name);
  const { code, said } = await run(backupCommand, config, [file, ...more]);
  assert.equal(code, 0, said);
  return file;
};

/** Elsewhere: another database, and no bucket. */
const elsewhere = async (): Promise<Config> => ({
  ...config,
  mongodbUri: await databaseUri(),
  storage: "gridfs",
  bucket: null,
});

async function inside<T>(of: Config, look: (ctx: Context, db: Connection) => Promise<T>): Promise<T> {
  const ctx = await createContext(of, { log: capturedLog().log });
  const db = await mongoose.createConnection(of.mongodbUri!).asPromise();
  try {
    return await look(ctx, db);
  } finally {
    await db.close();
    await ctx.close();
  }
}

/** As a kill leaves a restore of this backup. */
async function leaveUnfinished(of: Config, file: string, step: string): Promise<void> {
  const mark = /"at":"([^"]+)"/.exec(readFileSync(file).subarray(0, 300).toString("latin1"))?.[1];
  const db = await mongoose.createConnection(of.mongodbUri!).asPromise();
  await db.collection("schema").insertOne({ _id: "restoring" as never, mark, step });
  await db.close();
}

async function openCase(ctx: Context, openid: string): Promise<string> {
  const person = await admitted(ctx.people, openid);
  const answer = { vehicles: "two", conditions: [] } as const;
  return (await openAccident(ctx, { person, textVersion: NOTICE_VERSION, answer: { ...answer, conditions: [] } })).id;
}

/** Every document of a collection by its id, as a text; of files without the place where their bytes lie. */
async function contents(db: Connection, name: string): Promise<Map<string, string>> {
  const rows = await db.collection(name).find({}).toArray();
  const texts = rows.map(({ keeper: _, ...row }) => mongoose.mongo.BSON.EJSON.stringify(row, { relaxed: false }));
  return new Map(rows.map(({ _id }, at) => [String(_id), texts[at]!]));
}

describe("a backup that is taken while the system works", () => {
  it("has all that was acknowledged before, whole, and is verified before it opens elsewhere", async () => {
    const before: string[] = [];
    let isOver = false;
    const writers = [0, 1, 2].map(async (writer) => {
      for (let n = 0; !isOver; n++) {
        before.push(await openCase(app.ctx, `o_${writer}_${n}`));
        await app.settle();
      }
    });
    while (before.length < 3) await new Promise((next) => setTimeout(next, 20));
    const acknowledged = [...before];
    assert.equal(await app.ctx.keptCounts.readBackupAt(), null);
    const file = await backUp("running.backup").finally(() => {
      isOver = true;
    });
    await Promise.all(writers);
    assert.ok(await app.ctx.keptCounts.readBackupAt());
    const target = await elsewhere();
    const { code, said } = await run(restoreCommand, target, [file]);
    assert.equal(code, 0, said);
    assert.match(said, /verified: \d+ cases, \d{2,} files, \d+ rows of the access log; 0 faults\n/);
    assert.match(said, /^\d+ documents, \d{2,} files, \d+ MB in \d+\.\d s: \d+ documents and \d+\.\d MB a second$/m);
    await inside(target, async (ctx) => {
      for (const id of acknowledged) assert.ok(await ctx.accidents.find(id), id);
    });
  });

  it("of a database that rests holds every document of it, from bucket to database, encrypted or not", async () => {
    const key = join(folder, "operator.key");
    const made = await run((_, words, print) => newKeyCommand(words, print), config, [key]);
    const publicKey = /^age1\w+/.exec(made.said)?.[0] ?? "";
    assert.equal(statSync(key).mode & 0o777, 0o600);
    const file = await backUp("resting.backup.age", "--to-key", publicKey);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(readFileSync(file).subarray(0, 30).toString("latin1").startsWith("age-encryption.org/v1"));
    const target = await elsewhere();
    await assert.rejects(run(restoreCommand, target, [file]), /is encrypted: name the file with the private key/);
    const { code, said } = await run(restoreCommand, target, [file, "--key", key]);
    assert.equal(code, 0, said);
    await inside(target, async (_, db) => {
      for (const name of KEPT.filter((one) => one !== "witness"))
        assert.deepEqual(await contents(db, name), await contents(connection, name), name);
    });
    const again = await run(backupCommand, target, [join(folder, "again.backup")]);
    assert.equal(again.code, 0, again.said);
    const second = await elsewhere();
    assert.equal((await run(restoreCommand, second, [join(folder, "again.backup")])).code, 0);
  });

  it("names every collection of the database, as copied or as left out", async () => {
    const known = new Set<string>([...KEPT, ...LEFT_OUT]);
    assert.deepEqual(
      (await collectionNames(connection.db as never)).filter((name) => !known.has(name)),
      [],
    );
  });
});

describe("what was erased after the backup", () => {
  it("is erased again before the database opens, cases and people", async () => {
    const id = await openCase(app.ctx, "o_erased");
    const stays = await openCase(app.ctx, "o_stays");
    await app.ctx.blobs.save(await app.ctx.accidents.get(id), Buffer.from("a picture"), "original");
    const person = (await app.ctx.people.see("o_erased")).id;
    const file = await backUp("erased.backup");
    await app.ctx.retention.erase(id);
    await app.ctx.people.forget((await app.ctx.people.find(person))!, { case: false });
    let list = "";
    await eraseCommand(app.ctx, ["list"], (text) => {
      list += text;
    });
    assert.match(list, new RegExp(`^case\t${id}\t`, "m"));
    const erased = join(folder, "erased.txt");
    writeFileSync(erased, list);
    const target = await elsewhere();
    const { code, said } = await run(restoreCommand, target, [file, "--erased", erased]);
    assert.equal(code, 0, said);
    assert.match(said, /^erased again: 2$/m);
    const assertErased = () =>
      inside(target, async (ctx, db) => {
        assert.equal(await ctx.accidents.find(id), null);
        assert.equal(await ctx.people.find(person), null);
        assert.ok(await ctx.accidents.find(stays));
        assert.deepEqual(await ctx.blobs.list(id), []);
        assert.equal(await db.collection("lookups").countDocuments({ accidentId: id }), 0);
      });
    await assertErased();
    // as a run leaves it that was cut off in the erasures, or while another one was writing again
    for (const step of ["written", "putting"]) {
      await leaveUnfinished(target, file, step);
      const again = await run(restoreCommand, target, [file, "--erased", erased]);
      assert.equal(again.code, 0, again.said);
      assert.match(again.said, step === "written" ? /^written before: / : /^written: /);
      await assertErased();
    }
  });
});

describe("a restore", () => {
  it("that was cut off goes on, and nobody works on the database before it has ended", async () => {
    const file = await backUp("cut.backup");
    const target = await elsewhere();
    const db = await mongoose.createConnection(target.mongodbUri!).asPromise();
    const half = join(folder, "half.backup");
    assert.equal((await run(restoreCommand, target, [file])).code, 0);
    // the last documents are missing
    await leaveUnfinished(target, file, "putting");
    await db.collection("accidents").deleteOne({});
    await assert.rejects(createContext(target, { log: capturedLog().log }), DatabaseFault);
    await assert.rejects(run(backupCommand, target, [half]), DatabaseFault);
    assert.ok(!existsSync(half));
    const { code, said } = await run(restoreCommand, target, [file]);
    assert.equal(code, 0, said);
    assert.equal((await contents(db, "accidents")).size, (await contents(connection, "accidents")).size);
    await leaveUnfinished(target, file, "putting");
    const other = await backUp("other.backup");
    await assert.rejects(run(restoreCommand, target, [other]), /^StartFault: The restore of another backup \(/);
    await db.close();
  });

  it("goes into a database that was migrated and never used, and into a folder of the bucket of its own", async () => {
    const file = await backUp("rehearsed.backup");
    const bucket = { ...config.bucket!, prefix: "rehearsal/" };
    const target = { ...config, mongodbUri: await databaseUri(), bucket };
    await inside(target, async (_, db) => assert.equal((await contents(db, "keys")).size, 2));
    const { code, said } = await run(restoreCommand, target, [file]);
    assert.equal(code, 0, said);
    await inside(target, async (_, db) =>
      assert.deepEqual(await contents(db, "keys"), await contents(connection, "keys")),
    );
  });

  it("leaves a damaged case or file closed, and says which", async () => {
    const target = await elsewhere();
    const file = await backUp("faulty.backup");
    const bytes = readFileSync(file);
    const at = bytes.indexOf("accident-opened");
    assert.ok(at > 0);
    bytes[at] = 0x41;
    writeFileSync(file, bytes);
    await assert.rejects(
      run(restoreCommand, target, [file]),
      /^StartFault: The backup is damaged: accidents has other/,
    );
    writeFileSync(file, bytes.subarray(0, bytes.length - 10));
    await assert.rejects(run(restoreCommand, target, [file]), /cut off/);
    // the chain of a case that was changed before the backup
    const [one] = await connection.collection("accidents").find({}).toArray();
    const events = one!.events as { type: string }[];
    const write = (changed: object[]) =>
      connection.collection("accidents").updateOne({ _id: one!._id }, { $set: { events: changed } });
    await write([{ ...events[0], type: "forged" }, ...events.slice(1)]);
    const forged = await backUp("forged.backup");
    const { code, said } = await run(restoreCommand, target, [forged]);
    assert.equal(code, 1);
    assert.match(said, new RegExp(`^${one!._id}\t.+\tchain\n.*1 faults\n.*stays closed`, "ms"));
    await assert.rejects(createContext(target, { log: capturedLog().log }), DatabaseFault);
    const opened = await run(restoreCommand, target, [forged, "--with-faults"]);
    assert.equal(opened.code, 0, opened.said);
    assert.match(opened.said, /^written before: /);
    await write(events);
  });

  it("and a backup say in one sentence what they cannot do, and leave nothing behind", async () => {
    const file = await backUp("refused.backup");
    const key = randomBytes(32);
    const refusals: [Command, Config, string[], RegExp][] = [
      [restoreCommand, config, [file], /^StartFault: The database is not empty \(accidents\)/],
      [
        restoreCommand,
        { ...config, mongodbUri: await databaseUri() },
        [file],
        /^StartFault: The bucket holds files already/,
      ],
      [
        restoreCommand,
        { ...(await elsewhere()), keys: { ...config.keys, data: key } },
        [file],
        /DATA_KEY: is not the key/,
      ],
      [restoreCommand, await elsewhere(), [join(folder, "none")], /cannot be read: ENOENT/],
      [restoreCommand, await elsewhere(), [join(import.meta.dirname, "backup-command.test.js")], /is no backup/],
      [restoreCommand, await elsewhere(), [file, "--erased", file], /--erased: line 1 is no erasure/],
      [backupCommand, config, [file], /is there already: name another file/],
      [backupCommand, config, [folder, "--to-key", "age1no"], /--to-key: must be a public key of age/],
      [backupCommand, { ...config, mongodbUri: null }, [folder], /There is no database in /],
    ];
    const there = readdirSync(folder);
    for (const [command, of, words, sentence] of refusals) {
      const isSaid = (error: Error) => error instanceof StartFault && sentence.test(`StartFault: ${error.message}`);
      await assert.rejects(run(command, of, words), isSaid, String(sentence));
    }
    for (const words of [[], ["--all"], ["a", "b"]]) {
      assert.equal((await run(backupCommand, config, words)).code, 2);
      assert.equal((await run(restoreCommand, config, words)).code, 2);
    }
    assert.deepEqual(readdirSync(folder), there);
  });
});
