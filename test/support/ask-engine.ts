import assert from "node:assert/strict";
import { mongo } from "mongoose";
import type { Engine } from "../../src/embedded/commands/context.ts";
import { answerWith } from "../../src/embedded/engine.ts";
import { decode } from "../../src/embedded/values/decode.ts";
import { encode } from "../../src/embedded/values/encode.ts";

const { BSON } = mongo;
export type Loose = mongo.BSON.Document;

/** Sends one command to the embedded database, without a socket in between. */
export async function askEngine(engine: Engine, command: Loose): Promise<Loose> {
  const bytes = Buffer.from(BSON.serialize({ ...command, $db: "test" }));
  const answer = await answerWith(engine, (error) => assert.fail(String(error)))(decode(bytes));
  return BSON.deserialize(encode(answer));
}
