import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import Koa from "koa";
import type { AppError } from "../../src/errors.ts";
import { SMALL_HELD_BYTES, UPLOADS_HELD_BYTES, uploadShareOf, withUploadShare } from "../../src/http/upload-share.ts";

/** A server whose upload room stays as full as it was made, until `leave` is called. */
let server: Server;
let base = "";
let leave = () => {};
let served = 0;

before(async () => {
  const app = new Koa({ proxy: true });
  app.use(async (koa, next) => {
    try {
      await next();
    } catch (error) {
      koa.status = (error as AppError).status;
    }
  });
  app.use(withUploadShare());
  app.use(async (koa) => {
    koa.body = "done";
    if (koa.path !== "/fill") return;
    // whoever is large gets none of the room that is kept for the small
    const bytes = Number(koa.query["bytes"]);
    try {
      uploadShareOf(koa).add(bytes);
    } finally {
      served++;
    }
    await gone;
  });
  server = createServer(app.callback()).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => void server.close());

const gone = new Promise<void>((resolve) => {
  leave = resolve;
});
const send = (type: string, { path = "/", from = "192.0.2.9", bytes = 500 } = {}) => {
  const headers = { "content-type": type, "x-forwarded-for": from };
  return fetch(`${base}${path}`, { method: "POST", headers, body: "x".repeat(bytes) });
};

/** So many people hold so many bytes each. */
async function fill(people: number, bytes: number, network: string): Promise<Promise<Response>[]> {
  const before = served;
  const filling = Array.from({ length: people }, (_, n) =>
    send("text/plain", { path: `/fill?bytes=${bytes}`, from: `${network}.${n + 1}` }),
  );
  while (served < before + people) await new Promise((resolve) => setImmediate(resolve));
  return filling;
}

const PICTURES = ["application/octet-stream", "multipart/form-data; boundary=b"];
const SMALL_ROOM = 16 * 1024 * 1024;

test("a few people with large bodies leave room for small ones; where there is none a picture is sent away first", async () => {
  const large = await fill(4, (UPLOADS_HELD_BYTES - SMALL_ROOM) / 4, "192.0.2");
  for (const type of PICTURES) {
    assert.equal((await send(type, { bytes: SMALL_HELD_BYTES + 1 })).status, 503, `large: ${type}`);
    assert.equal((await send(type)).status, 200, `small: ${type}`);
  }
  assert.equal((await send(PICTURES[0]!, { from: "192.0.2.1" })).status, 503, "who holds much is not small");
  const small = await fill(SMALL_ROOM / SMALL_HELD_BYTES, SMALL_HELD_BYTES, "198.51.100");
  for (const type of PICTURES) assert.equal((await send(type)).status, 503, type);
  for (const type of ["application/x-www-form-urlencoded", "application/json"])
    assert.equal((await send(type)).status, 200, type);
  leave();
  for (const { status } of await Promise.all([...large, ...small])) assert.equal(status, 200);
  assert.equal((await send(PICTURES[0]!)).status, 200);
});
