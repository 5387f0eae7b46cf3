import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mongo } from "mongoose";
import * as dialect from "../../src/embedded/dialect.ts";
import { type Embedded, startEmbedded } from "../../src/embedded/embedded.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type Case, canonical, outcome } from "./contract/case.ts";
import { commandCases } from "./contract/command-cases.ts";
import { indexCases } from "./contract/index-cases.ts";
import {
  arrayAndLogicCases,
  comparisonCases,
  equalityCases,
  expressionCases,
  typeAndTextCases,
} from "./contract/match-cases.ts";
import { pipelineCases, positionCases } from "./contract/position-cases.ts";
import { aggregateCases, cursorCases, projectionCases, sortCases } from "./contract/read-cases.ts";
import { refusedCases } from "./contract/refused-cases.ts";
import { arrayUpdateCases, fieldUpdateCases } from "./contract/update-cases.ts";
import { writeCases } from "./contract/write-cases.ts";

const CASES: Readonly<Record<string, readonly Case[]>> = {
  equality: equalityCases,
  comparison: comparisonCases,
  "types and texts": typeAndTextCases,
  "arrays and logic": arrayAndLogicCases,
  expressions: expressionCases,
  projection: projectionCases,
  sort: sortCases,
  cursors: cursorCases,
  aggregation: aggregateCases,
  "updates of fields": fieldUpdateCases,
  "updates of arrays": arrayUpdateCases,
  positions: positionCases,
  pipelines: pipelineCases,
  writes: writeCases,
  indexes: indexCases,
  commands: commandCases,
};

const secondUri = process.env["MONGODB_URI"];
const dir = temporaryFolder("contract");
const sent = new Set<string>();
let embedded: Embedded;
let client: mongo.MongoClient;
let second: mongo.MongoClient | undefined;

// Types as they are, so that a long stays a long and a double a double.
const AS_STORED = { promoteValues: false, promoteLongs: false, promoteBuffers: false, ignoreUndefined: true };

before(async () => {
  embedded = await startEmbedded({ dir });
  client = await new mongo.MongoClient(embedded.uri, { ...AS_STORED, monitorCommands: true }).connect();
  client.on("commandStarted", ({ command }) => noteSent(command));
  second = secondUri ? await new mongo.MongoClient(secondUri, AS_STORED).connect() : undefined;
});

after(async () => {
  await client.close();
  await second?.close();
  await embedded.close();
});

function noteSent(command: mongo.Document): void {
  const [name] = Object.keys(command);
  for (const option of Object.keys(command)) sent.add(option === name ? option : `${name}.${option}`);
  noteOperators(command);
}

function noteOperators(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof RegExp) sent.add("$regex");
  for (const [key, part] of Object.entries(value)) {
    if (key.startsWith("$")) sent.add(key);
    noteOperators(part);
  }
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

test("what is not in the dialect is refused by its name", async (t) => {
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

test("every entry of the dialect has been sent", () => {
  const options = Object.entries(dialect.COMMANDS).flatMap(([name, known]) => [
    name,
    ...known.map((option) => `${name}.${option}`),
  ]);
  const operators = [
    ...[dialect.QUERY_OPERATORS, dialect.LOGICAL_OPERATORS, dialect.EXPRESSION_OPERATORS, dialect.UPDATE_OPERATORS],
    ...[dialect.UPDATE_STAGES, dialect.STAGES, dialect.ACCUMULATORS, dialect.PROJECTION_OPERATORS],
  ].flat();
  // Said at every connection, where the driver shows nobody what it sends.
  const handshake = new Set(dialect.COMMANDS["hello"]);
  const missing = [...options, ...operators].filter(
    (entry) => !sent.has(entry) && !handshake.has(entry.split(".")[1]!),
  );
  assert.deepEqual(missing, []);
});

test("the second database", (t) => {
  t.diagnostic(
    secondUri ? "was compared with the embedded one" : "MONGODB_URI is not set: the second database was NOT COMPARED",
  );
});
