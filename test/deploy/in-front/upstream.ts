import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Koa from "koa";
import { createEventStreams, type EventStream } from "../../../src/http/event-stream.ts";
import { SYSTEM_TIMER } from "../../../src/timer.ts";

/** A request as it arrived behind the proxy. */
export interface Arrival {
  method: string;
  path: string;
  ip: string;
  protocol: string;
  host: string;
  sha256: string;
}

/** A stand-in of one process: believes the proxy as Kuaichu does, and opens Kuaichu's own event streams. */
export interface Upstream {
  port: number;
  arrivals: Arrival[];
  /** true: /dies breaks its connection once the request has arrived */
  isDying: boolean;
  /** Says in /readyz from now on that it is about to end; resolves once that was asked. */
  leave(): Promise<void>;
  /** Resolves with the next event stream that is opened. */
  nextStream(): Promise<EventStream>;
  /** Stops listening and ends all connections. */
  stop(): Promise<void>;
}

export async function startUpstream(): Promise<Upstream> {
  const streams = createEventStreams({ timer: SYSTEM_TIMER, now: () => new Date() });
  let opened: (stream: EventStream) => void = () => {};
  let told: (() => void) | null = null;
  const app = new Koa({ proxy: true, maxIpsCount: 1 });
  // composed at its first request: the middleware follows
  const server = createServer((request, response) => void app.callback()(request, response));
  const upstream: Upstream = {
    port: 0,
    arrivals: [],
    isDying: false,
    leave: () =>
      new Promise((resolve) => {
        told = resolve;
      }),
    nextStream: () =>
      new Promise((resolve) => {
        opened = resolve;
      }),
    stop: () =>
      new Promise((resolve) => {
        streams.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  app.use(async (koa) => {
    if (koa.path === "/readyz") {
      koa.status = told ? 503 : 200;
      koa.res.once("finish", () => told?.());
      return;
    }
    const hash = createHash("sha256");
    for await (const chunk of koa.req) hash.update(chunk as Buffer);
    const { method, path, ip, protocol, host } = koa;
    const arrival = { method, path, ip, protocol, host, sha256: hash.digest("hex") };
    upstream.arrivals.push(arrival);
    if (path === "/dies" && upstream.isDying) koa.req.socket.destroy();
    else if (path.endsWith("/stream")) opened(streams.open(koa, { personId: "a", untilMs: Date.now() + 60_000 }));
    else koa.body = arrival;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  upstream.port = (server.address() as AddressInfo).port;
  return upstream;
}
