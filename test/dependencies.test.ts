import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

interface Locked {
  name?: string;
  version?: string;
  link?: boolean;
  resolved?: string;
  dev?: boolean;
}

const top = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, top), "utf8");
const { dependencies, overrides } = JSON.parse(read("package.json"));
const locked: Record<string, Locked> = JSON.parse(read("package-lock.json")).packages;
const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
const standIns = Object.keys(dependencies).filter((name) => dependencies[name] === "file:vendor/absent");

describe("the packages", () => {
  it("of Wechaty's tree that nothing calls are replaced by the local stand-in, nowhere by the real one", () => {
    assert.ok(standIns.length >= 4);
    for (const name of standIns) {
      const copies = Object.entries(locked).filter(([path]) => nameOf(path) === name);
      assert.deepEqual(copies, [[`node_modules/${name}`, { resolved: "vendor/absent", link: true }]]);
    }
  });

  it("with advisories that nobody will mend are not in production", () => {
    const refused = ["request", "cheerio", "nth-check", "fast-xml-parser", "phin", "har-validator", "leveldown"];
    const found = Object.entries(locked).filter(([path, { dev }]) => !dev && refused.includes(nameOf(path)));
    assert.deepEqual(found, []);
  });

  it("have a MongoDB driver of at least 7.8, the first that cannot mix up answers after a time limit", () => {
    const [major = 0, minor = 0] = locked["node_modules/mongodb"]?.version?.split(".").map(Number) ?? [];
    assert.ok(major > 7 || (major === 7 && minor >= 8), `mongodb ${major}.${minor}`);
  });

  it("come from the registry under their own checksums: the lockfile names no address", () => {
    for (const [path, { resolved, link }] of Object.entries(locked)) {
      assert.ok(resolved === undefined || link === true, `${path} is fetched from ${resolved}`);
    }
  });

  it("whose versions are overridden are each explained in CONTRIBUTING.md", () => {
    const text = read("CONTRIBUTING.md");
    const names = Object.entries(overrides).flatMap(([name, value]) =>
      typeof value === "string" ? [name] : Object.keys(value as object),
    );
    assert.ok(names.length > 0);
    for (const name of names) assert.match(text, new RegExp(`^\\| \`${name}\` \\|`, "m"), name);
  });
});
