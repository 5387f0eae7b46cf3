import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cpSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { mongo } from "mongoose";
import { lookThrough } from "../../src/embedded/check.ts";
import { startEmbedded } from "../../src/embedded/embedded.ts";
import { StartFault } from "../../src/errors.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FILE = "kuaichu.mdb";
const PAGE = 4096;
const whole = temporaryFolder("whole");

/**
 * Makes a database of some hundred pages: a tree of several levels, an index, values on pages of their own.
 */
before(async () => {
  const { uri, close } = await startEmbedded({ dir: whole });
  const client = await new mongo.MongoClient(uri).connect();
  const kept = client.db().collection<{ _id: number; k: string; v: mongo.Binary }>("kept");
  await kept.createIndex({ k: 1 });
  const documents = Array.from({ length: 400 }, (_, _id) => ({
    _id,
    k: randomBytes(20).toString("hex"),
    v: new mongo.Binary(randomBytes(_id % 10 === 0 ? 20_000 : 300)),
  }));
  await kept.insertMany(documents);
  await client.close();
  await close();
});

/** Copies the folder and damages its file by `harm`. */
function copied(name: string, harm: (file: string) => void): string {
  const dir = temporaryFolder(name);
  cpSync(whole, dir, { recursive: true });
  harm(join(dir, FILE));
  return dir;
}

function overwrite(file: string, page: number, bytes: Buffer): void {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, bytes, 0, bytes.length, page * PAGE);
}

const pagesOf = (file: string) => statSync(file).size / PAGE;

const HARMS: Record<string, (file: string) => void> = {
  "a file that is cut off": (file) => truncateSync(file, Math.floor(pagesOf(file) / 2) * PAGE),
  "pages from another time": (file) => {
    const bytes = readFileSync(file);
    // all of them: of some alone it is left to chance whether the tree still needs them
    bytes.copy(bytes, 3 * PAGE, 2 * PAGE, bytes.length - PAGE);
    writeFileSync(file, bytes);
  },
  "pages of noise": (file) => {
    for (let page = 2; page < pagesOf(file); page += 3) overwrite(file, page, randomBytes(PAGE));
  },
  "pages of nothing": (file) => {
    for (let page = 2; page < pagesOf(file); page++) overwrite(file, page, Buffer.alloc(PAGE));
  },
  "no database at all": (file) => writeFileSync(file, "some text\n".repeat(10_000)),
};

for (const [name, harm] of Object.entries(HARMS)) {
  test(`${name} is said in one sentence with its cure, and the folder stays as it is`, async () => {
    const dir = copied("harmed", harm);
    const before = readFileSync(join(dir, FILE));
    for (const time of ["first", "second"]) {
      const error = await startEmbedded({ dir }).catch((thrown) => thrown);
      assert.ok(error instanceof StartFault, `${time}: ${error}`);
      assert.match(
        error.message,
        /^The database in .+ is damaged \(.+\): move the folder away, then restore a backup /,
      );
      assert.equal(error.message.split("\n").length, 1);
    }
    assert.ok(readFileSync(join(dir, FILE)).equals(before), "nothing was written into it");
  });
}

test("a whole copy starts, and so does one after whose closing note another file came", async () => {
  for (const dir of [copied("copy", () => {}), copied("no-note", (file) => rmSync(join(file, "../closed.json")))]) {
    assert.equal(await lookThrough(dir), null);
    const { uri, close } = await startEmbedded({ dir });
    const client = await new mongo.MongoClient(uri).connect();
    assert.equal(await client.db().collection("kept").countDocuments(), 400);
    await client.close();
    await close();
  }
});
