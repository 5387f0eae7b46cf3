import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { refused } from "./licences.ts";
import { noticesText } from "./notices.ts";
import { bundledFolders, distributedPackages, PROJECT } from "./packages.ts";

interface Component {
  purl: string;
  properties?: { name: string }[];
}

const FOR_US = "cdx:npm:package:development";
const read = (path: string) => readFileSync(join(PROJECT, path), "utf8");

describe("the licences", () => {
  it("of all that is handed on are allowed", async () => {
    assert.deepEqual(refused(await distributedPackages()), []);
  });

  it("that are not on the list are refused, and so is none", () => {
    const of = (name: string, licence: string) => refused([{ name, version: "1.0.0", licence }]).length;
    assert.equal(of("some", "(MIT OR GPL-3.0-only)"), 0);
    assert.equal(of("some", "MIT AND GPL-3.0-only"), 1);
    assert.equal(of("some", "LGPL-3.0-or-later"), 1);
    assert.equal(of("some", "SEE LICENSE IN LICENSE"), 1);
    assert.equal(of("some", ""), 1);
  });
});

describe("THIRD-PARTY-NOTICES", () => {
  it("is what npm run notices writes", async () => {
    assert.ok(read("THIRD-PARTY-NOTICES") === (await noticesText()), "run npm run notices");
  });

  it("names what the pages contain, and what lies inside packages", async () => {
    assert.deepEqual([...(await bundledFolders())].sort(), ["node_modules/signature_pad", "node_modules/weui"]);
    const text = read("THIRD-PARTY-NOTICES");
    for (const part of [
      "libvips",
      "libheif",
      "PDFium",
      "ONNX Runtime",
      "PaddleOCR",
      "Noto Sans SC",
      "WeUI",
      "Signature Pad",
    ]) {
      assert.match(text, new RegExp(`^={80}\n[^\n]*${part}`, "m"), part);
    }
    for (const words of [
      "GNU LESSER GENERAL PUBLIC LICENSE",
      "SIL OPEN FONT LICENSE",
      "Redistributions in binary form",
    ])
      assert.ok(text.includes(words), words);
  });
});

describe("npm run sbom", () => {
  it("names every package of production, for every kind of machine, and leaves nothing else unmarked", async () => {
    const { components }: { components: Component[] } = JSON.parse(
      execFileSync("npm", ["run", "-s", "sbom"], { cwd: PROJECT, encoding: "utf8", maxBuffer: 64 << 20 }),
    );
    const nameOf = ({ purl }: Component) => decodeURIComponent(purl);
    const bundled = await bundledFolders();
    const handedOn = (await distributedPackages()).filter(({ folder }) => folder === null || !bundled.has(folder));
    const ours = new Set(handedOn.map(({ name, version }) => `pkg:npm/${name}@${version}`));
    const all = new Set(components.map(nameOf));
    assert.deepEqual(
      [...ours].filter((name) => !all.has(name)),
      [],
    );
    const unmarked = components.filter(({ properties = [] }) => !properties.some(({ name }) => name === FOR_US));
    const strangers = unmarked.map(nameOf).filter((name) => !ours.has(name) && !name.endsWith("-absent"));
    assert.deepEqual(strangers, []);
  });
});

describe("the version", () => {
  it("has its entry in CHANGELOG.md", () => {
    const { version } = JSON.parse(read("package.json"));
    assert.match(read("CHANGELOG.md"), new RegExp(`^## ${version.replaceAll(".", "\\.")} `, "m"));
  });
});
