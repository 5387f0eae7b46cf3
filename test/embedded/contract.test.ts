import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mongo } from "mongoose";
import { DIALECT } from "../../src/embedded/dialect.ts";
import { type Embedded, startEmbedded } from "../../src/embedded/embedded.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { spokenIn } from "../support/spoken.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type Case, canonical, outcome } from "./contract/case.ts";
import { commandCases } from "./contract/command-cases.ts";
import { indexCases } from "./contract/index-cases.ts";
import { arrayAndLogicCases, comparisonCases, equalityCases } from "./contract/match-cases.ts";
import { countCases, cursorCases, projectionCases, sortCases } from "./contract/read-cases.ts";
import { refusedCases } from "./contract/refused-cases.ts";
import { arrayUpdateCases, fieldUpdateCases } from "./contract/update-cases.ts";
import { writeCases } from "./contract/write-cases.ts";

const CASES: Readonly<Record<string, readonly Case[]>> = {
  equality: equalityCases,
  comparison: comparisonCases,
  "arrays and logic": arrayAndLogicCases,
  projection: projectionCases,
  sort: sortCases,
  cursors: cursorCases,
  counts: countCases,
  "updates of fields": fieldUpdateCases,
  "updates of arrays": arrayUpdateCases,
  writes: writeCases,
  indexes: indexCases,
  commands: commandCases,
};

const secondUri = process.env["MONGODB_URI"];
const dir = temporaryFolder("contract");
const sent = new Set<string>();
let embedded: Embedded;
let proxy: CuttingProxy;
let client: mongo.MongoClient;
let second: mongo.MongoClient | undefined;

// The driver keeps BSON types: a long stays a long, a double a double.
const AS_STORED = { promoteValues: false, promoteLongs: false, promoteBuffers: false, ignoreUndefined: true };

before(async () => {
  embedded = await startEmbedded({ dir });
  proxy = await CuttingProxy.start(embedded.uri, noteSent);
  client = await new mongo.MongoClient(proxy.uri, AS_STORED).connect();
  second = secondUri ? await new mongo.MongoClient(secondUri, AS_STORED).connect() : undefined;
});

after(async () => {
  await client.close();
  await second?.close();
  await proxy.close();
  await embedded.close();
});

/** False while refused commands are sent: their names are not collected. */
let notes = true;

function noteSent(message: Buffer): void {
  if (notes) for (const name of spokenIn(message)) sent.add(name);
}

let number = 0;
const database = `contract_${process.pid}`;

async function check(target: mongo.MongoClient, one: Case, gives: unknown): Promise<void> {
  const collection = target.db(database).collection(`c${number++}`);
  assert.equal(canonical(await outcome(one, collection)), canonical(gives));
}

for (const [group, cases] of Object.entries(CASES)) {
  test(`${group}: the embedded database answers as the table says`, async (t) => {
    for (const one of cases) await t.test(one.name, () => check(client, one, one.gives));
  });
  if (!secondUri) continue;
  test(`${group}: the second database answers alike`, async (t) => {
    for (const one of cases) {
      const { name, gives, second: known = { gives } } = one;
      if ("notAsked" in known) t.diagnostic(`not asked, ${known.notAsked}: ${name}`);
      else await t.test(name, () => check(second!, one, known.gives));
    }
  });
}

test("every name of the dialect is in some case", () => {
  assert.deepEqual(
    DIALECT.filter((name) => !sent.has(name)),
    [],
  );
});

test("what is not in the dialect is refused by its name", async (t) => {
  notes = false;
  for (const { name, words, ...one } of refusedCases) {
    await t.test(name, async () => {
      const error = await one.run(client.db(database).collection("refused")).then(
        () => assert.fail("was accepted"),
        (thrown: mongo.MongoServerError) => thrown,
      );
      assert.equal(Number(error.code), one.gives);
      assert.ok(error.message.includes(words), `the message names ${words}: ${error.message}`);
    });
  }
});

test("the second database", (t) => {
  t.diagnostic(
    secondUri ? "was compared with the embedded one" : "MONGODB_URI is not set: the second database was NOT COMPARED",
  );
});
