import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import module from "node:module";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const path = (below: string) => fileURLToPath(new URL(`../../${below}`, import.meta.url));

describe("compiled code", () => {
  it("is kept by every start where Node.js can keep it; one that cannot starts as well", () => {
    // a start that ends at its settings has imported everything
    const { status, stderr } = spawnSync(process.execPath, [path("dist/src/main.js")], {
      env: { PORT: "none" },
      encoding: "utf8",
    });
    assert.equal(status, 1);
    assert.match(stderr, /PORT/);
    const folder = path("node_modules/.cache/compiled");
    const kept = existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(`${process.version}-`));
    assert.equal(kept, "enableCompileCache" in module);
  });
});
