import { createServer, type Server, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** A proxy in front of several processes, as one that asks each whether it is ready. */
export interface Balancer {
  url: string;
  setTargets(urls: readonly string[]): void;
  /** requests that were passed on, by target */
  readonly passed: ReadonlyMap<string, number>;
  /** Resolves when so many more requests were passed on to this target. */
  passedOn(url: string, more: number): Promise<void>;
  /** what was refused: no target was ready, a connection broke, or the answer was 5xx */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

/** Sends each request to the next target that says that it is ready. */
export async function startBalancer(port = 0): Promise<Balancer> {
  let targets: string[] = [];
  let turn = 0;
  const passed = new Map<string, number>();
  let looking: { url: string; count: number; found(): void }[] = [];
  const note = (url: string): void => {
    const count = (passed.get(url) ?? 0) + 1;
    passed.set(url, count);
    for (const look of looking) if (look.url === url && look.count <= count) look.found();
    looking = looking.filter((look) => look.url !== url || look.count > count);
  };
  const refused: string[] = [];
  const isReady = async (url: string): Promise<boolean> => {
    const answer = await fetch(`${url}/readyz`, { headers: { connection: "close" } }).catch(() => null);
    await answer?.arrayBuffer();
    return answer?.status === 200;
  };
  const choose = async (): Promise<string | undefined> => {
    const at = turn++;
    const inTurn = targets.map((_, n) => targets[(at + n) % targets.length] as string);
    for (const url of inTurn) if (await isReady(url)) return url;
    return undefined;
  };
  const server: Server = createServer(async (incoming, outgoing) => {
    const named = `${incoming.method} ${incoming.url?.replace(/\?.*/, "")}`;
    const refuse = (why: string): void => {
      refused.push(`${named}: ${why}`);
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end();
    };
    const target = await choose();
    if (!target) return refuse("nobody is ready");
    note(target);
    const { method, headers } = incoming;
    const onward = send(new URL(incoming.url ?? "/", target), { method: method ?? "GET", headers, agent: false });
    onward.on("response", (answer) => {
      if ((answer.statusCode ?? 0) >= 500) refused.push(`${named}: ${answer.statusCode}`);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", () => refuse("broke in its answer")).pipe(outgoing);
    });
    onward.on("error", ({ message }) => refuse(message));
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setTargets(urls) {
      targets = [...urls];
    },
    passed,
    passedOn: (url, more) => new Promise((found) => looking.push({ url, count: (passed.get(url) ?? 0) + more, found })),
    refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
