import http from "node:http";
import https from "node:https";
import type { LookupFunction, Socket } from "node:net";
import type { Limit } from "../timer.ts";

/**
 * Makes agents that resolve names with our guard and give up a connection that is not established in time. No
 * keep-alive: claims are rare, and stale sockets fail. `ca`: the one authority that is trusted; null: the
 * system's.
 */
export function guardedAgents(
  lookup: LookupFunction,
  connecting: Limit,
  ca: string | null = null,
): { httpAgent: http.Agent; httpsAgent: https.Agent } {
  const options = { lookup, keepAlive: false };
  const httpAgent = new http.Agent(options as http.AgentOptions);
  const httpsAgent = new https.Agent({ ...options, ...(ca && { ca }) } as https.AgentOptions);
  limitConnecting(httpAgent, "connect", connecting);
  limitConnecting(httpsAgent, "secureConnect", connecting);
  return { httpAgent, httpsAgent };
}

type Connects = { createConnection(...args: unknown[]): Socket };

function limitConnecting(agent: http.Agent, ready: "connect" | "secureConnect", { timer, ms }: Limit): void {
  const connecting = agent as unknown as Connects;
  const create = connecting.createConnection.bind(agent);
  connecting.createConnection = (...args) => {
    const socket = create(...args);
    const late = () => socket.destroy(Object.assign(new Error("connect timed out"), { code: "ECONNECTTIMEOUT" }));
    const settled = timer.after(ms, late);
    socket.once(ready, settled).once("close", settled);
    return socket;
  };
}
