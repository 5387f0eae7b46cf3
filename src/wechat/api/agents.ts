import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Limit } from "../../timer.ts";

export interface Agents {
  httpAgent: HttpAgent;
  httpsAgent: HttpsAgent;
}

/** Shorter than any gateway on the way forgets a silent connection: what is sent over a forgotten one times out, and nobody knows whether it arrived. */
const IDLE_MS = 15_000;

/**
 * Agents that keep connections for a while, and give up one that is not made within the limit: a host that swallows everything then counts
 * as unreachable. Nothing was sent to it, so that even a message may go to the next host.
 */
export function createAgents(connecting: Limit, idleMs = IDLE_MS): Agents {
  // The agent ends a connection by its time-out only while nothing is under way on it.
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
