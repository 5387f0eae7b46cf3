import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Limit } from "../../timer.ts";

export interface Agents {
  httpAgent: HttpAgent;
  httpsAgent: HttpsAgent;
}

/**
 * Shorter than gateways keep a silent connection: a request over a dropped one times out with an unknown
 * result.
 */
const IDLE_MS = 15_000;

/**
 * Creates agents that keep connections alive and give up one that is not established within the limit: that
 * host counts as unreachable. Nothing was sent to it, so even a message may go to the next host.
 */
export function createAgents(connecting: Limit, idleMs = IDLE_MS): Agents {
  // The agent's time-out ends only idle connections.
  const kept = { keepAlive: true, timeout: idleMs };
  const httpAgent = new HttpAgent(kept);
  const httpsAgent = new HttpsAgent(kept);
  limit(httpAgent, "connect", connecting);
  limit(httpsAgent, "secureConnect", connecting);
  return { httpAgent, httpsAgent };
}

function limit(agent: HttpAgent, made: "connect" | "secureConnect", { timer, ms }: Limit): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = connect(options, done);
    const late = Object.assign(new Error("connection not made in time"), { code: "ETIMEDOUT", syscall: "connect" });
    const settled = timer.after(ms, () => socket?.destroy(late));
    socket?.once(made, settled).once("close", settled);
    return socket;
  };
}
