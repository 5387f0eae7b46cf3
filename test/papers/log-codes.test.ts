import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ROWS } from "../../src/config/settings.ts";
import { LOG_CODES } from "../../src/log-codes.ts";
import { LOG_CODES_FILE, logCodesPage, WORDS } from "./log-codes.ts";
import { PROJECT } from "./packages.ts";

const read = (path: string): string => readFileSync(join(PROJECT, path), "utf8");
const codes = Object.keys(LOG_CODES);

describe("docs/log-codes.md", () => {
  it("is what npm run log-codes writes", () => {
    assert.equal(readFileSync(LOG_CODES_FILE, "utf8"), logCodesPage());
  });

  it("has words in both languages for each code and for no other", () => {
    assert.deepEqual(Object.keys(WORDS).sort(), [...codes].sort());
    const uneven = Object.entries(WORDS).filter(
      ([, { zh, en }]) =>
        zh.length !== en.length || zh.length > 2 || [...zh, ...en].some((text) => !text || text.includes("|")),
    );
    assert.deepEqual(uneven, []);
  });
});

describe("the log codes", () => {
  it("have the form area.what-happened, and each is logged somewhere", () => {
    const source = readdirSync(join(PROJECT, "src"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && path !== "log-codes.ts")
      .map((path) => read(join("src", path)))
      .join("\n");
    assert.deepEqual(
      codes.filter((code) => !/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/.test(code)),
      [],
    );
    const unused = codes.filter((code) => !source.includes(`"${code}"`));
    assert.deepEqual(unused, []);
  });

  it("that the runbook and the words name exist", () => {
    const areas = new Set(codes.map((code) => code.split(".")[0]));
    const settings: string[] = ROWS.map(({ path }) => path);
    const texts = ["docs/runbook.md", "docs/log-codes.yaml"].map(read).join("\n");
    const named = [...texts.matchAll(/`([a-z]+(?:-[a-z]+)*)\.([a-z]+(?:-[a-z]+)*)`/g)]
      .filter(([, area]) => areas.has(area as string))
      .map(([, area, what]) => `${area}.${what}`)
      .filter((name) => !settings.includes(name));
    assert.ok(named.length > 20);
    assert.deepEqual(
      named.filter((code) => !codes.includes(code)),
      [],
    );
    const parts = [...read("docs/runbook.md").matchAll(/^## (\w+)$/gm)].map(([, name = ""]) => name.toLowerCase());
    const links = [...texts.matchAll(/\]\(runbook\.md#(\w+)\)/g)].map(([, part]) => part as string);
    assert.deepEqual(
      links.filter((part) => !parts.includes(part)),
      [],
    );
  });
});
