import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { it } from "node:test";
import { createAgents } from "../../../src/wechat/api/agents.ts";

async function serve(answer: (done: () => void) => void): Promise<{ server: Server; sockets: Socket[] }> {
  const server = createServer((_req, res) => answer(() => res.end("ok")));
  // It never ends a connection by itself, as a gateway that forgets it in silence.
  server.keepAliveTimeout = 0;
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { server, sockets };
}

it("connections are used again, and ended before anybody on the way forgets them", { timeout: 10_000 }, async () => {
  const { server, sockets } = await serve((done) => done());
  const { httpAgent } = createAgents(5_000, 300);
  const ask = async () => {
    const { port } = server.address() as AddressInfo;
    const [answer] = (await once(get({ port, host: "127.0.0.1", agent: httpAgent }), "response")) as [IncomingMessage];
    answer.resume();
    await once(answer, "close");
  };
  await ask();
  await ask();
  assert.equal(sockets.length, 1);
  await once(sockets[0] as Socket, "close");
  await ask();
  assert.equal(sockets.length, 2);
  httpAgent.destroy();
  server.close();
});

it("a connection on which an answer is waited for is left alone", async () => {
  const { server } = await serve((done) => setTimeout(done, 200));
  const { httpAgent } = createAgents(5_000, 20);
  const { port } = server.address() as AddressInfo;
  const [answer] = (await once(get({ port, host: "127.0.0.1", agent: httpAgent }), "response")) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  httpAgent.destroy();
  server.close();
});
