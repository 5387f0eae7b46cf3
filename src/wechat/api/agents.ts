import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

export interface Agents {
  httpAgent: HttpAgent;
  httpsAgent: HttpsAgent;
}

/**
 * Agents that keep connections, and give up one that is not made within `connectMs`: a host that swallows everything then counts
 * as unreachable. Nothing was sent to it, so that even a message may go to the next host.
 */
export function createAgents(connectMs: number): Agents {
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });
  limit(httpAgent, "connect", connectMs);
  limit(httpsAgent, "secureConnect", connectMs);
  return { httpAgent, httpsAgent };
}

function limit(agent: HttpAgent, made: "connect" | "secureConnect", connectMs: number): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = connect(options, done);
    const late = Object.assign(new Error("connection not made in time"), { code: "ETIMEDOUT", syscall: "connect" });
    const timer = setTimeout(() => socket?.destroy(late), connectMs);
    const settled = () => clearTimeout(timer);
    socket?.once(made, settled).once("close", settled);
    return socket;
  };
}
