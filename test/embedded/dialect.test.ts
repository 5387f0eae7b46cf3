import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { after, before, it } from "node:test";
import type { Connection, mongo } from "mongoose";
import { pino } from "pino";
import { loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { DIALECT } from "../../src/embedded/dialect.ts";
import { type Embedded, startEmbedded } from "../../src/embedded/embedded.ts";
import { DatabaseAway } from "../../src/errors.ts";
import { connect } from "../../src/store/connect.ts";
import { createTokens } from "../../src/store/tokens.ts";
import { createVault } from "../../src/store/vault.ts";
import { admitted } from "../support/admitted.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { standingClock } from "../support/clocks.ts";
import { concludedAccident } from "../support/concluded-accident.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { spokenIn } from "../support/spoken.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const spoken = new Set<string>();
let embedded: Embedded;
let proxy: CuttingProxy;

before(async () => {
  embedded = await startEmbedded({ dir: temporaryFolder("spoken") });
  proxy = await CuttingProxy.start(embedded.uri, (message) => {
    for (const name of spokenIn(message)) spoken.add(name);
  });
});
after(async () => {
  await proxy.close();
  await embedded.close();
});

async function withContext(act: (ctx: Context) => Promise<void>): Promise<void> {
  const config = await loadConfig({
    DATA_DIR: temporaryFolder("spoken-data"),
    PORT: "0",
    PUBLIC_URL: "http://127.0.0.1",
    LOG_LEVEL: "silent",
    PHOTO_READER: "false",
  });
  const ctx = await createContext(config, { databaseUri: proxy.uri, limits: CALM_DATABASE });
  await act(ctx).finally(() => ctx.close());
}

/** Takes a case from its beginning to its erasure through the stores alone. */
async function aCase({ accidents, deliveries, blobs, retention }: Context): Promise<void> {
  const at = new Date(Date.now() - 5_000);
  const accident = await accidents.create(concludedAccident({ id: "a-case", number: "KC1", at }), []);
  const notice = { kind: "notice", target: "somebody", body: "{}" } as const;
  await accidents.change("a-case", (known) => ({ accident: known, events: [], outbox: [notice] }));
  for (const outbox of await accidents.listOutbox(5)) {
    await deliveries.upsertFromOutbox(outbox);
    await accidents.pullOutbox(
      outbox.accidentId,
      outbox.entries.map(({ id }) => id),
    );
  }
  const claimed = await deliveries.claimDue({ kind: "notice", leaseMs: 1_000 });
  const attempt = { n: 1, at, ms: 1, code: "http-200", head: "" };
  assert.ok(claimed && (await deliveries.hold(claimed, attempt)));
  assert.equal(await deliveries.countFailing("notice", 0), 1);
  await accidents.listStale(new Date(), 5);
  const sha256 = await blobs.save(accident, Buffer.from("a picture"), "original");
  assert.ok(await blobs.read(accident, sha256));
  await retention.mark({ before: new Date(), limit: 5 }, at);
  await retention.erase("a-case");
}

async function aPerson({ people, tries, retention, uploads }: Context): Promise<void> {
  const { id } = await admitted(people, "openid");
  await people.keepUnsaid(id, "a text");
  assert.deepEqual(await people.takeUnsaid(id), ["a text"]);
  assert.ok(await tries.count("code", 1, Date.now() + 60_000));
  assert.deepEqual(await retention.count(), { cases: 1, people: 1 });
  await retention.markUnseen({ before: new Date(), limit: 5 }, new Date());
  const upload = { accident: { id: "a-case", key: Buffer.alloc(32) }, personId: id, sha256: "00" };
  for (const number of [1, 2, 3, 4, 5, 6]) await uploads.save(upload, number, Buffer.from([number]));
  assert.equal(await uploads.read(upload, { bytes: 7, pieces: 7 }), null, "one is missing: the cursor is given up");
  await uploads.save(upload, 0, Buffer.from([0]));
  assert.equal((await uploads.read(upload, { bytes: 7, pieces: 7 }))?.length, 7);
}

/** Stores a token of the platform: its times are numbers beyond the range of an int. */
async function aToken(connection: Connection): Promise<void> {
  const tokens = createTokens(connection, createVault(randomBytes(32)), () => new Date());
  await tokens.save("access_token", { value: "token", expiresAt: Date.now(), fetchedAt: Date.now() });
}

/** Lets the database be silent for a while: fresh connections are tried before they are used. */
async function anOutage(): Promise<void> {
  const timer = standingClock();
  const logged = new EventEmitter();
  const write = (line: string) => void logged.emit(JSON.parse(line).msg);
  const { commandMs, trialMs, pauseMs } = CALM_DATABASE;
  const connection = await connect(proxy.uri, { limits: CALM_DATABASE, timer, log: pino({}, { write }) });
  const things = (connection.db as mongo.Db).collection("things");
  await aToken(connection);
  proxy.hang();
  const waiting = proxy.waiting();
  const lost = assert.rejects(things.updateOne({ n: 1 }, { $set: { n: 2 } }), DatabaseAway);
  await waiting;
  const away = once(logged, "database.away");
  timer.advance(commandMs);
  await lost;
  await timer.limitOf(trialMs);
  timer.advance(trialMs);
  await away;
  const back = once(logged, "database.back");
  proxy.resume();
  await timer.limitOf(pauseMs);
  timer.advance(pauseMs);
  await back;
  await connection.close();
}

it("the dialect is what the stores send, all of it and nothing else", async () => {
  await withContext(async (ctx) => {
    await aCase(ctx);
    await aPerson(ctx);
  });
  await anOutage();
  assert.deepEqual([...spoken].sort(), [...DIALECT].sort());
});
