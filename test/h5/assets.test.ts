import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import axios from "axios";
import Koa from "koa";
import { assets } from "../../src/http/assets.ts";
import { errorPages } from "../../src/http/errors.ts";
import type { Release } from "../../src/store/releases.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const ask = (url: string, method = "GET", encoding = "identity") =>
  axios.request<Buffer>({
    url,
    method,
    headers: { "accept-encoding": encoding },
    responseType: "arraybuffer",
    decompress: false,
    validateStatus: () => true,
  });

const urlOf = (path: string, hash = app.ctx.release.hash) => `${app.url}/assets/${hash}/${path}`;
const fileOf = ({ files }: Release, path: string) => files.find((file) => file.path === path)?.bytes;

describe("a file of the release", () => {
  it("is answered with its type, for good", async () => {
    for (const [path, type] of [
      ["page.js", /^(text|application)\/javascript; charset=utf-8$/],
      ["kuaichu.css", /^text\/css; charset=utf-8$/],
      ["h5/slot-scene.svg", /^image\/svg\+xml$/],
    ] as const) {
      const { status, headers, data } = await ask(urlOf(path));
      assert.equal(status, 200, path);
      assert.match(String(headers["content-type"]), type);
      assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.deepEqual(data, fileOf(app.ctx.release, path));
    }
  });

  it("goes compressed to who can read it, and without a body to who asks for the head", async () => {
    const bytes = fileOf(app.ctx.release, "kuaichu.css");
    const [brotli, gzip] = await Promise.all([
      ask(urlOf("kuaichu.css"), "GET", "gzip, deflate, br"),
      ask(urlOf("kuaichu.css"), "GET", "gzip"),
    ]);
    assert.deepEqual([brotli.headers["content-encoding"], gzip.headers["content-encoding"]], ["br", "gzip"]);
    assert.match(String(brotli.headers["vary"]), /Accept-Encoding/);
    assert.deepEqual(brotliDecompressSync(brotli.data), bytes);
    assert.deepEqual(gunzipSync(gzip.data), bytes);
    const head = await ask(urlOf("kuaichu.css"), "HEAD");
    assert.deepEqual([head.status, head.headers["content-length"], head.data.length], [200, String(bytes?.length), 0]);
  });

  it("is named by every page, and nothing else is there", async () => {
    const { data } = await axios.get<string>(`${app.url}/h5/privacy`, { responseType: "text" });
    assert.ok(data.includes(`href="/assets/${app.ctx.release.hash}/kuaichu.css"`));
    for (const path of [
      "../package.json",
      "%2e%2e/h5/words.yaml",
      "..%2fh5%2fwords.yaml",
      "nothing.css",
      "",
      "__proto__",
    ])
      assert.ok([400, 404].includes((await ask(urlOf(path))).status), path);
    for (const path of ["/assets/", "/assets/page.js", "/assets/constructor/page.js"])
      assert.equal((await ask(app.url + path)).status, 404, path);
    assert.equal((await ask(urlOf("page.js"), "POST")).status, 404);
  });

  it("of a release that nobody knows is not there, and no cache keeps that", async () => {
    const { status, headers } = await ask(urlOf("page.js", "0123456789abcdef"));
    assert.deepEqual([status, headers["cache-control"]], [404, "no-store"]);
  });
});

/** The same middleware in a process of another release on the same database. */
async function startOther(release: Release): Promise<{ url: string; stop(): void }> {
  const { ctx } = app;
  await ctx.releases.keep(release);
  const koa = new Koa().use(errorPages(ctx)).use(assets({ release, releases: ctx.releases }));
  const server = createServer(koa.callback()).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => void server.close() };
}

describe("a release in the middle of a visit", () => {
  const release = { hash: "feedfacefeedface", files: [{ path: "page.js", bytes: Buffer.from("(() => {})();") }] };

  it("breaks no page: either process serves the files of the other, old and new", async () => {
    const other = await startOther(release);
    try {
      // a page of the old process asks the new one
      const old = await ask(`${other.url}/assets/${app.ctx.release.hash}/camera.js`, "GET", "br");
      assert.equal(old.status, 200);
      assert.deepEqual(brotliDecompressSync(old.data), fileOf(app.ctx.release, "camera.js"));
      assert.equal(old.headers["cache-control"], "public, max-age=31536000, immutable");
      // a page of the new process asks the old one
      const fresh = await Promise.all([1, 2, 3].map(() => ask(urlOf("page.js", release.hash))));
      for (const { status, data } of fresh) assert.deepEqual([status, String(data)], [200, "(() => {})();"]);
      assert.equal((await ask(urlOf("camera.js", release.hash))).status, 404);
    } finally {
      other.stop();
    }
  });

  it("many releases one after the other are served all the same", async () => {
    for (let n = 0; n < 6; n++) {
      const hash = n.toString(16).padStart(16, "a");
      await app.ctx.releases.keep({ hash, files: [{ path: "page.js", bytes: Buffer.from(`void ${n};`) }] });
      assert.equal(String((await ask(urlOf("page.js", hash))).data), `void ${n};`);
    }
    assert.equal(String((await ask(urlOf("page.js", `${"a".repeat(15)}0`))).data), "void 0;");
  });
});
