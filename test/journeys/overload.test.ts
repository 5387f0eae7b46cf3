import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { UPLOADS_HELD_BYTES } from "../../src/http/upload-share.ts";
import { hidden, Phone } from "../h5/phone.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

const photo = readFileSync(new URL("../../../test/fixtures/photo-1.jpg", import.meta.url));
const FILE_BYTES = 11 * 1024 * 1024;

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

async function driver(): Promise<{ phone: Phone; path: string; token: string }> {
  const phone = new Phone(app, `o_overload_${app.ctx.randomId(6)}`);
  const { location } = await phone.fill("/h5/start", {
    vehicles: "two",
    condition: "none",
    notice: "yes",
    sensitive: "yes",
  });
  return { phone, path: location, token: hidden((await phone.get(location)).html, "_csrf") };
}

const BOUNDARY = "----overload";
const part = (slot: string) =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${slot}"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`;

/** Sends nearly a whole picture, then nothing: a phone in a tunnel. */
function hangingUpload({ phone, path }: { phone: Phone; path: string }): ClientRequest {
  const headers = {
    cookie: phone.jar.header(),
    accept: "text/html",
    "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
    "transfer-encoding": "chunked",
  };
  const sent = request(new URL(path, app.url), { method: "POST", headers });
  sent.on("error", () => undefined);
  sent.write(part("scene"));
  sent.write(Buffer.concat([photo, Buffer.alloc(FILE_BYTES)]));
  return sent;
}

describe("too much at once", () => {
  it("of uploads is refused with a word, not by the end of the process; when they are gone there is room again", async () => {
    const [one, other] = [await driver(), await driver()];
    const uploads: ClientRequest[] = [];
    const answered = new Promise<IncomingMessage>((resolve) => {
      for (let n = 0; n * FILE_BYTES < UPLOADS_HELD_BYTES; n++) {
        const upload = hangingUpload(n % 2 ? one : other);
        uploads.push(upload);
        upload.on("response", (answer) => resolve(answer.resume()));
      }
    });
    const { statusCode, headers } = await answered;
    assert.deepEqual([statusCode, Number(headers["retry-after"]) > 0], [503, true]);
    for (const upload of uploads) upload.destroy();
    let status = 0;
    // the server hears of a broken connection when the system tells it
    while (status !== 303) ({ status } = await one.phone.upload(one.path, one.token, [["scene", photo]]));
    assert.equal((await app.ctx.accidents.findOpenedBy(app.ctx.vault.personId(openidOf(one.phone))))?.photos.length, 1);
  });

  it("of slow senders does not keep anybody else, and they are let go", async () => {
    const { phone, path } = await driver();
    const { port } = new URL(app.url);
    const sockets = await Promise.all(
      Array.from({ length: 200 }, async (): Promise<Socket> => {
        const socket = connect(Number(port), "127.0.0.1");
        socket.on("error", () => undefined);
        await once(socket, "connect");
        socket.write("POST /wechat HTTP/1.1\r\nHost: a\r\nX-Slow:");
        return socket;
      }),
    );
    assert.equal((await phone.get(path)).status, 200);
    await Promise.all(sockets.map((socket) => once(socket.resume(), "close")));
    assert.equal((await phone.get(path)).status, 200);
  });

  it("or broken off in the middle leaves nothing behind and is no fault of ours", async () => {
    const one = await driver();
    for (const bytes of [0, 1_000, 10_000]) {
      const upload = hangingUpload(one);
      upload.write(photo.subarray(0, bytes));
      await once(upload, "socket");
      upload.destroy();
    }
    assert.equal((await one.phone.get(one.path)).status, 200);
    assert.equal(/"level":"(error|fatal)"/.test(app.logged()), false, app.logged().slice(-2_000));
  });
});

const openidOf = (phone: Phone): string => /phone=([^;]+)/.exec(phone.jar.header())?.[1] ?? "";
