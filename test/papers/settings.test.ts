import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { defaultOf, nameOf, ROWS, settingsSchema } from "../../src/config/settings.ts";
import { READMES, withTable } from "./settings-table.ts";

describe("the settings", () => {
  for (const reader of ["en", "zh"] as const) {
    it(`stand in ${READMES[reader]} as they are declared: npm run settings writes the table`, () => {
      const readme = readFileSync(new URL(`../../../${READMES[reader]}`, import.meta.url), "utf8");
      assert.equal(readme, withTable(readme, reader));
    });
  }

  it("have a path and a variable each of their own", () => {
    const names = [...ROWS.map(({ path }) => path), ...ROWS.flatMap(({ variable }) => variable ?? [])];
    assert.equal(new Set(names).size, names.length);
    assert.equal(nameOf("wechat.token"), "WECHAT_TOKEN");
    assert.equal(nameOf("wechat.openUrl"), "wechat.openUrl");
  });

  it("name their default in the table wherever they have one", () => {
    const silent = ROWS.filter((row) => defaultOf(row) && !row.otherwise.en.includes("{default}"));
    assert.deepEqual(
      silent.map(({ path }) => path),
      [],
    );
  });

  it("are what the schema takes, no more", () => {
    const { error } = settingsSchema.validate({ wechat: { tokn: "x" } }, { abortEarly: false });
    assert.ok(error?.details.some(({ path, type }) => path.join(".") === "wechat.tokn" && type === "object.unknown"));
  });
});
