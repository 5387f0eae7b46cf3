import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Connection, mongo } from "mongoose";
import { pino } from "pino";
import { DatabaseAway } from "../../src/errors.ts";
import { connect, guardOf, startFaultOf } from "../../src/store/connect.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { capturedLog } from "../support/captured-log.ts";
import { standingClock } from "../support/clocks.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { closeDatabase, databaseUri, freePort } from "../support/database.ts";

const { commandMs, bulkMs, trialMs, pauseMs } = CALM_DATABASE;

describe("a database that gives no answer", () => {
  const timer = standingClock();
  const logged = new EventEmitter();
  const lines: string[] = [];
  let proxy: CuttingProxy;
  let connection: Connection;

  before(async () => {
    const write = (line: string) => {
      const { msg } = JSON.parse(line);
      lines.push(msg);
      logged.emit(msg);
    };
    proxy = await CuttingProxy.start(await databaseUri());
    connection = await connect(proxy.uri, { limits: CALM_DATABASE, timer, log: pino({}, { write }) });
  });
  after(async () => {
    proxy.resume();
    await connection.close();
    await proxy.close();
    await closeDatabase();
  });

  const things = () => (connection.db as mongo.Db).collection("things");
  const put = (n: number) => things().updateOne({ n }, { $set: { n } }, { upsert: true });

  /** Hangs the database under a command and runs its limit out. */
  async function runOut(command: () => Promise<unknown>, ms: number): Promise<void> {
    proxy.hang();
    const waiting = proxy.waiting();
    const lost = assert.rejects(command(), DatabaseAway);
    await waiting;
    timer.advance(ms);
    await lost;
  }

  async function untilBack(): Promise<void> {
    const back = once(logged, "database.back");
    proxy.resume();
    await timer.limitOf(pauseMs);
    timer.advance(pauseMs);
    await back;
  }

  it("is away after one command's limit and one trial, and then refuses at once", async () => {
    await put(1);
    await runOut(() => put(2), commandMs);
    const duringTrial = assert.rejects(put(3), DatabaseAway);
    await timer.limitOf(trialMs);
    timer.advance(trialMs);
    await duringTrial;
    assert.deepEqual(lines, ["database.away"]);
    // No limit runs out now, and nothing is sent.
    const sent = proxy.commands.length;
    await assert.rejects(put(4), DatabaseAway);
    assert.equal(proxy.commands.length, sent);
    assert.equal(guardOf(connection).isSlow, true);
  });

  it("is used again by itself once it answers on a fresh connection", async () => {
    await untilBack();
    await put(5);
    assert.equal(await things().countDocuments({ n: 5 }), 1);
    assert.deepEqual(lines, ["database.away", "database.back"]);
  });

  it("gets fresh connections where it answers on them: only the old ones were bad", async () => {
    const replaced = once(logged, "database.connections-replaced");
    proxy.hang();
    const waiting = proxy.waiting();
    const lost = assert.rejects(put(6), DatabaseAway);
    await waiting;
    proxy.forget();
    timer.advance(commandMs);
    await lost;
    await replaced;
    await put(7);
    assert.equal(await things().countDocuments({ n: 7 }), 1);
  });

  it("is slow while a command with a long limit has passed the usual one", async () => {
    // The effects of earlier commands pass first.
    while (guardOf(connection).isSlow) await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.hang();
    const waiting = proxy.waiting();
    const removing = assert.rejects(things().deleteMany({}), DatabaseAway);
    await waiting;
    assert.equal(guardOf(connection).isSlow, false);
    timer.advance(commandMs);
    assert.equal(guardOf(connection).isSlow, true);
    timer.advance(bulkMs - commandMs);
    await removing;
    await timer.limitOf(trialMs);
    timer.advance(trialMs);
    await untilBack();
  });
});

describe("a database that stays away", () => {
  it("is tried again and again, and the tries leave nothing behind", async () => {
    const timer = standingClock();
    const proxy = await CuttingProxy.start(await databaseUri());
    const connection = await connect(proxy.uri, { limits: CALM_DATABASE, timer });
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on("warning", note);
    try {
      proxy.refuse();
      const lost = assert.rejects((connection.db as mongo.Db).collection("things").findOne({}), DatabaseAway);
      for (let tries = 0; tries < 15; tries++) {
        await timer.limitOf(trialMs);
        timer.advance(trialMs);
        await timer.limitOf(pauseMs);
        timer.advance(pauseMs);
      }
      await lost;
      assert.deepEqual(warnings, []);
    } finally {
      process.off("warning", note);
      await connection.close();
      await proxy.close();
      await closeDatabase();
    }
  });
});

describe("a database that cannot be used at the start", () => {
  after(closeDatabase);

  const saidOf = async (uri: string): Promise<string> => {
    const fault = await connect(uri).then(
      () => assert.fail(`${uri} was taken`),
      (error: Error) => error,
    );
    assert.equal(fault.name, "DatabaseFault", fault.stack);
    assert.equal(fault.message.split("\n").length, 1);
    return fault.message;
  };

  it("is said in one sentence with its cure, and without user and password", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const set = new URL(await databaseUri());
    set.search = "replicaSet=another";
    const cases: [uri: string, said: RegExp][] = [
      [`mongodb://u:secret@127.0.0.1:${await freePort()}/k`, /127\.0\.0\.1:\d+ .*nothing listens there: start it/],
      ["mongodb://no-such-host.invalid/k", /host name is not known: correct it in MONGODB_URI/],
      [`mongodb://127.0.0.1:${(other.address() as AddressInfo).port}/k`, /is no MongoDB, or wants TLS/],
      [set.href, /replicaSet/],
    ];
    try {
      const all = cases.map(async ([uri, said]) => {
        const message = await saidOf(uri);
        assert.match(message, said);
        assert.doesNotMatch(message, /secret/);
      });
      await Promise.all(all);
    } finally {
      other.close();
    }
  });

  it("is said to have gone where it has answered before, and not to be something else", async () => {
    const proxy = await CuttingProxy.start(await databaseUri());
    const connection = await connect(proxy.uri);
    proxy.refuse();
    const lost = await (connection.db as mongo.Db)
      .collection("things")
      .createIndex({ n: 1 })
      .catch((error) => error);
    const said = (error: unknown, mongodbUri: string | null) =>
      startFaultOf(error, { mongodbUri, dataDir: "data" })?.message;
    await connection.close();
    await proxy.close();
    const gone = "cannot be used: answered at first and does not any more: see whether it is running.";
    assert.equal(said(lost, "mongodb://u:secret@db:1/k"), `The database at db:1 ${gone}`);
    assert.equal(said(new DatabaseAway(), "mongodb://db:1/k"), `The database at db:1 ${gone}`);
    assert.equal(said(new DatabaseAway(), null), `The embedded database in data/database ${gone}`);
    assert.equal(said(new Error("other"), "mongodb://db:1/k"), undefined);
  });

  it("is said in the log while an index takes longer than a command may", async () => {
    const timer = standingClock();
    const proxy = await CuttingProxy.start(await databaseUri());
    const { log, lines } = capturedLog();
    const connection = await connect(proxy.uri, { limits: CALM_DATABASE, timer, log });
    try {
      proxy.hang();
      const making = (connection.db as mongo.Db).collection("things").createIndex({ slow: 1 });
      await timer.limitOf(commandMs);
      timer.advance(commandMs);
      assert.match(lines.join(""), /"collection":"things".*"database\.still-waiting"/);
      proxy.resume();
      await making;
    } finally {
      await connection.close();
      await proxy.close();
    }
  });

  it("is refused where the URI lowers what is promised", async () => {
    assert.match(await saidOf("mongodb://127.0.0.1/k?w=1"), /MONGODB_URI says w=1: take it out/);
    assert.match(await saidOf("mongodb://127.0.0.1/k?retryWrites=false"), /retryWrites=false: take it out/);
  });
});
