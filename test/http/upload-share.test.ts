import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import Koa from "koa";
import type { AppError } from "../../src/errors.ts";
import { UPLOADS_HELD_BYTES, uploadShareOf, withUploadShare } from "../../src/http/upload-share.ts";

/** A server whose upload room is full but for a hundred bytes, as long as `leave` is not called. */
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
    served++;
    koa.body = "done";
    if (koa.path !== "/fill") return;
    // five people: none may take more than a share of it
    uploadShareOf(koa).add((UPLOADS_HELD_BYTES - 100) / 5);
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
const send = (type: string, { path = "/", from = "192.0.2.9" } = {}) => {
  const headers = { "content-type": type, "x-forwarded-for": from };
  return fetch(`${base}${path}`, { method: "POST", headers, body: "x".repeat(500) });
};

test("where there is no room a picture is sent away before anything is done for it, a form is taken all the same", async () => {
  const filling = [1, 2, 3, 4, 5].map((n) => `192.0.2.${n}`).map((from) => send("text/plain", { path: "/fill", from }));
  while (served < 5) await new Promise((resolve) => setImmediate(resolve));
  for (const type of ["application/octet-stream", "multipart/form-data; boundary=b"])
    assert.equal((await send(type)).status, 503, type);
  assert.equal(served, 5);
  for (const type of ["application/x-www-form-urlencoded", "application/json"])
    assert.equal((await send(type)).status, 200, type);
  leave();
  await Promise.all(filling);
  assert.equal((await send("application/octet-stream")).status, 200);
});
