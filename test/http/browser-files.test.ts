import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parse } from "acorn";
import { readRelease } from "../../src/http/asset-files.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const inside = (dir: string, ending: string) =>
  readdirSync(new URL(dir, root), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => `${dir}/${path}`);

const release = readRelease();
const publicScripts = release.files.map(({ path }) => path).filter((path) => path.endsWith(".js"));
/** Every script that the server answers with, those of the simulator included. */
const scripts = inside("dist/browser", ".js");
const templates = inside("templates", ".njk");

/**
 * Younger than the phones that come here (Chrome 70, iOS 12), or than ES2017; the compiler lowers syntax
 * only.
 */
const TOO_YOUNG = [
  ...["globalThis", "structuredClone", "queueMicrotask", "ResizeObserver", "IntersectionObserver", "AbortController"],
  ...["WeakRef", "BigInt", "randomUUID", "fromEntries", "allSettled", "replaceAll", "matchAll", "replaceChildren"],
  ...[
    "toggleAttribute",
    "checkVisibility",
    "hasOwn",
    "findLast",
    "toSorted",
    "flatMap",
    "trimStart",
    "OffscreenCanvas",
  ],
];
const youngNames = (code: string) => TOO_YOUNG.filter((name) => new RegExp(`\\b${name}\\b`).test(code));

function parses(code: string): boolean {
  try {
    parse(code, { ecmaVersion: 2017, sourceType: "script" });
    return true;
  } catch {
    return false;
  }
}

describe("the scripts that a browser gets", () => {
  it("are there, the signature pad and the simulator's included", () => {
    const drivers = ["camera.js", "licence.js", "page.js", "paper.js", "signature.js"];
    const officers = ["case.js", "desk.js", "determine.js", "queue.js"];
    assert.deepEqual(publicScripts, [...drivers, ...officers].sort());
    assert.deepEqual(
      scripts.filter((path) => !/^dist\/browser\/(h5|police)\//.test(path)),
      ["dist/browser/simulator/phone.js", "dist/browser/simulator/simulator.js"],
    );
    assert.deepEqual(inside("templates", ".js"), []);
    assert.match(read("dist/browser/h5/signature.js"), /Signature Pad v\d.*Released under the MIT license/s);
  });

  for (const path of scripts)
    it(`are ES2017 and ask for nothing younger: ${path}`, () => {
      assert.ok(parses(read(path)));
      assert.deepEqual(youngNames(read(path)), []);
    });

  it("of another language, or with a younger name in them, would be seen", () => {
    for (const code of [
      "a?.b",
      "a ?? b",
      "try {} catch { }",
      "f({ ...a })",
      "a ||= 1",
      "class A { b = 1 }",
      "import 'a'",
    ])
      assert.equal(parses(code), false, code);
    assert.deepEqual(youngNames('new ResizeObserver(f); a.replaceAll("b", "c")'), ["ResizeObserver", "replaceAll"]);
  });

  it("are those that the pages name, no more and no fewer", () => {
    const named = templates.flatMap((path) => [...read(path).matchAll(/<script[^>]*>/g)].map(([tag]) => tag));
    const sources = named.map((tag) => /src="([^"]+)"/.exec(tag)?.[1] ?? tag);
    const expected = publicScripts.map((path) => `{{ assets }}/${path}`);
    assert.deepEqual(
      [...new Set(sources.filter((source) => !source.startsWith("/simulator/")))].sort(),
      expected.sort(),
    );
  });
});

describe("the files that the pages name", () => {
  it("are in the release", () => {
    const paths = new Set(release.files.map(({ path }) => path));
    const named = templates.flatMap((path) => [...read(path).matchAll(/\{\{ assets \}\}\/([\w./-]+\.\w+)"/g)]);
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.map(([, path]) => path).filter((path) => !paths.has(String(path))),
      [],
    );
  });

  it("have a hash that changes with any of them", () => {
    assert.match(release.hash, /^[0-9a-f]{16}$/);
    assert.equal(readRelease().hash, release.hash);
  });
});
