import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { type Embedded, startEmbedded } from "../../src/embedded/embedded.ts";
import { Doc, isArray, type Value } from "../../src/embedded/values/value.ts";
import { readMessage } from "../../src/embedded/wire/message.ts";
import { admitted } from "../support/admitted.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { concludedAccident } from "../support/concluded-accident.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/**
 * By collection, the field that names the accident: with it in every filter, the collection can be spread
 * over machines by it.
 */
const NAMES_ACCIDENT: Readonly<Record<string, string>> = {
  accidents: "_id",
  deliveries_done: "accidentId",
  notices: "accidentId",
  "blobs.files": "metadata.accidentId",
};

let embedded: Embedded;
let proxy: CuttingProxy;
/** "collection command filter's fields" of every filter without the accident */
const without = new Set<string>();

before(async () => {
  embedded = await startEmbedded({ dir: temporaryFolder("filters") });
  proxy = await CuttingProxy.start(embedded.uri, note);
});
after(async () => {
  await proxy.close();
  await embedded.close();
});

function note(message: Buffer): void {
  const { command } = readMessage(message);
  if (!(command instanceof Doc)) return;
  const [name = ""] = command.keys();
  const collection = String(command.get(name));
  const field = NAMES_ACCIDENT[collection];
  if (!field) return;
  for (const filter of filtersOf(command))
    if (!filter.has(field)) without.add(`${collection} ${name} ${[...filter.keys()].join("+")}`);
}

function filtersOf(command: Doc): Doc[] {
  const statements = [command.get("updates"), command.get("deletes")].flatMap((all) =>
    isArray(all as Value) ? (all as Value[]) : [],
  );
  const filters = [command.get("filter"), command.get("query"), ...statements.map((one) => (one as Doc).get("q"))];
  return filters.filter((filter) => filter instanceof Doc);
}

async function aCase({ accidents, deliveries, notices, blobs, retention, people }: Context): Promise<void> {
  const at = new Date(Date.now() - 5_000);
  const { openid, id: personId } = await admitted(people, "somebody");
  const draft = concludedAccident({ id: "a-case", number: "KC1", at });
  const accident = await accidents.create(draft, []);
  const entry = { kind: "notice", target: personId, body: "{}" } as const;
  await accidents.change("a-case", (known) => ({ accident: known, events: [], outbox: [entry] }));
  const [outbox] = await accidents.listOutbox(5);
  assert.ok(outbox);
  await deliveries.upsertFromOutbox(outbox);
  await accidents.pullOutbox(
    "a-case",
    outbox.entries.map(({ id }) => id),
  );
  const claimed = await deliveries.claimDue({ kind: "notice", leaseMs: 60_000 });
  assert.ok(claimed);
  await accidents.openBody("a-case", claimed._id, claimed.sealed);
  const notice = { id: claimed._id, accidentId: "a-case", code: "may-move" };
  await notices.begin(notice);
  await notices.begin(notice);
  await notices.giveUp(notice.id);
  await notices.finish(notice.id, "message");
  await notices.settle(notice.id, { msgId: "1", ok: true, status: "success" });
  assert.ok(await notices.find(notice.id));
  await deliveries.complete(claimed, { n: 1, at, ms: 1, code: "done", head: "" });
  await deliveries.get(claimed._id);
  await assert.rejects(deliveries.get("a-case-9999"));
  const sha256 = await blobs.save(accident, Buffer.from("a picture"), "original");
  await blobs.read(accident, sha256);
  const [file] = await blobs.scrub.listAfter(null, 1);
  assert.ok(file);
  await blobs.scrub.note(file, await blobs.scrub.check(accident, file));
  await accidents.listBy("number", "KC1");
  await accidents.findByPerson(await people.see(openid));
  await retention.erase("a-case");
}

it("whatever concerns one accident says in its filter which", async () => {
  const config = await loadConfig({
    DATA_DIR: temporaryFolder("filters-data"),
    PORT: "0",
    PUBLIC_URL: "http://127.0.0.1",
    LOG_LEVEL: "silent",
    PHOTO_READER: "false",
  });
  const ctx = await createContext(config, { databaseUri: proxy.uri, limits: CALM_DATABASE });
  await aCase(ctx).finally(() => ctx.close());
  // Lists for the jobs, and the questions of a start: they concern all accidents.
  assert.deepEqual(
    [...without].sort(),
    ["accidents find ", "accidents find outboxAt", "accidents find wrappedKey", "blobs.files find filename"].sort(),
  );
});
