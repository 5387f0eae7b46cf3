import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";

/** Whether a process that has imported the module holds the database's native library. */
function holdsLmdb(module: string): boolean {
  const url = new URL(`../../src/${module}`, import.meta.url).href;
  const code = `await import(${JSON.stringify(url)});
    const { sharedObjects } = process.report.getReport();
    process.stdout.write(String(sharedObjects.some((file) => file.includes("lmdb"))));
    process.exit(0);`;
  const options = { encoding: "utf8", env: {} } as const;
  return execFileSync(process.execPath, ["--input-type=module", "-e", code], options) === "true";
}

describe("the embedded database", () => {
  it("is loaded only when it is started: an image without it starts on a MongoDB", () => {
    assert.equal(holdsLmdb("program.js"), false);
    assert.equal(holdsLmdb("embedded/embedded.js"), true);
  });
});
