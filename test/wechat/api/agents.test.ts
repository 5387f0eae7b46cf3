import assert from "node:assert/strict";
import { once } from "node:events";
import { type Agent, createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { it } from "node:test";
import { SYSTEM_TIMER } from "../../../src/timer.ts";
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

const LIMIT = { timer: SYSTEM_TIMER, ms: 5_000 };

async function ask(server: Server, agent: Agent): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const [answer] = (await once(get({ port, host: "127.0.0.1", agent }), "response")) as [IncomingMessage];
  answer.resume();
  await once(answer, "close");
}

it("connections are used again", async () => {
  const { server, sockets } = await serve((done) => done());
  const { httpAgent } = createAgents(LIMIT);
  await ask(server, httpAgent);
  await ask(server, httpAgent);
  assert.equal(sockets.length, 1);
  httpAgent.destroy();
  server.close();
});

it("connections are ended before anybody on the way forgets them", async () => {
  const { server, sockets } = await serve((done) => done());
  const { httpAgent } = createAgents(LIMIT, 50);
  await ask(server, httpAgent);
  await once(sockets[0] as Socket, "close");
  await ask(server, httpAgent);
  assert.equal(sockets.length, 2);
  httpAgent.destroy();
  server.close();
});

it("a connection on which an answer is waited for is left alone", async () => {
  const { server } = await serve((done) => setTimeout(done, 200));
  const { httpAgent } = createAgents(LIMIT, 20);
  const { port } = server.address() as AddressInfo;
  const [answer] = (await once(get({ port, host: "127.0.0.1", agent: httpAgent }), "response")) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  httpAgent.destroy();
  server.close();
});
