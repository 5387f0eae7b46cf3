import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import Koa from "koa";
import type { AppError } from "../../src/errors.ts";
import { LOOK_MS, whilePaced } from "../../src/http/body-pace.ts";
import { closeAfter } from "../../src/http/errors.ts";
import { standingClock } from "../support/clocks.ts";

const clock = standingClock();
let server: Server;
let received = 0;
let reading = 0;

before(async () => {
  const app = new Koa();
  app.silent = true;
  app.use(async (koa, next) => {
    try {
      await whilePaced(clock, koa, next);
    } catch (error) {
      koa.status = (error as AppError).status;
      koa.body = (error as AppError).code;
      closeAfter(koa, koa.status);
    }
  });
  app.use(async (koa) => {
    reading++;
    try {
      for await (const chunk of koa.req) received += (chunk as Buffer).length;
      koa.body = "read";
    } finally {
      reading--;
    }
  });
  server = createServer(app.callback()).listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(() => {
  server.closeAllConnections();
  server.close();
});

interface Sender {
  socket: Socket;
  answer(): string;
  /** resolves when the server has read them */
  send(bytes: number): Promise<void>;
}

async function begin(length: number): Promise<Sender> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => undefined);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  await once(socket, "connect");
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
  await clock.limitOf(LOOK_MS);
  received = 0;
  let sent = 0;
  const send = async (bytes: number) => {
    socket.write(Buffer.alloc(bytes));
    sent += bytes;
    while (received < sent) await setImmediate();
  };
  return { socket, answer: () => text, send };
}

const answered = async ({ answer }: Sender): Promise<string> => {
  while (!answer().includes("\r\n\r\n")) await setImmediate();
  return answer();
};
const look = () => clock.advance(LOOK_MS);

describe("a body that is on its way", () => {
  it("and brings nothing for ten seconds is cut with a code, and its connection closed", async () => {
    for (const length of [100, 10_000_000]) {
      const sender = await begin(length);
      await sender.send(50);
      const closed = once(sender.socket, "close");
      for (let n = 0; n < 5; n++) look();
      const answer = await answered(sender);
      assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*connection: close[\s\S]*body-too-slow$/i);
      await closed;
      while (reading > 0) await setImmediate();
    }
  });

  it("and is large is cut below sixteen kilobytes a second", async () => {
    const sender = await begin(10_000_000);
    for (let n = 0; n < 4; n++) {
      await sender.send(39 * 1024);
      look();
    }
    assert.match(await answered(sender), /408/);
  });

  it("and comes steadily is read to its end; a small one may come slowly", async () => {
    for (const [step, times] of [
      [64 * 1024, 12],
      [20, 12],
    ] as const) {
      const sender = await begin(step * times);
      for (let n = 0; n < times; n++) {
        await sender.send(step);
        if (n < times - 1) look();
      }
      assert.match(await answered(sender), /200 [\s\S]*read$/);
      sender.socket.destroy();
    }
  });
});
