import http from "node:http";
import https from "node:https";
import type { LookupFunction, Socket } from "node:net";
import type { Limit } from "../timer.ts";

/** An agent that looks names up with our own guard and gives a connection up when it is not made in time. Nothing is kept alive: claims are rare, stale sockets are not worth their errors. */
export function guardedAgents(
  lookup: LookupFunction,
  connecting: Limit,
): { httpAgent: http.Agent; httpsAgent: https.Agent } {
  const options = { lookup, keepAlive: false };
  const httpAgent = new http.Agent(options as http.AgentOptions);
  const httpsAgent = new https.Agent(options as https.AgentOptions);
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
