import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";

const HELPER = new URL("./support/temporary-folder.js", import.meta.url).href;
/** Writes files until its folder is gone or a second has passed. */
const WRITER = `
  const { mkdirSync, writeFileSync } = require("node:fs");
  const inner = process.argv[1] + "/inner/";
  mkdirSync(inner);
  const until = Date.now() + 1000;
  for (let n = 0; Date.now() < until; n++) {
    try { writeFileSync(inner + n, ""); } catch { break; }
  }`;
/** Ends at once, as the tests do, while a child of its own is writing. */
const ENDING = `
  import { spawn } from "node:child_process";
  import { once } from "node:events";
  import { existsSync } from "node:fs";
  import { setTimeout as sleep } from "node:timers/promises";
  import { temporaryFolder } from ${JSON.stringify(HELPER)};
  const dir = temporaryFolder("written");
  const writer = spawn(process.execPath, ["--eval", ${JSON.stringify(WRITER)}, dir], { stdio: "ignore" });
  await once(writer, "spawn");
  while (!existsSync(dir + "/inner/0")) await sleep(5);
  process.stdout.write(dir);
  process.exit();`;

describe("a temporary folder", () => {
  it("is gone with its process although a child still writes into it, and the process ends well", () => {
    const ended = spawnSync(process.execPath, ["--input-type=module", "--eval", ENDING], { encoding: "utf8" });
    assert.equal(ended.status, 0, ended.stderr);
    assert.match(ended.stdout, /kuaichu-written-/);
    assert.equal(existsSync(ended.stdout), false);
  });
});
