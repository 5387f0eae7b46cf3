import type { AddressInfo, Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { forgetClosed, noteClosed } from "./check.ts";
import { answerWith, openEngine } from "./engine.ts";
import { makePrivate } from "./private-folder.ts";
import { listenInFolder } from "./socket-in-folder.ts";
import { sweep } from "./sweep.ts";
import type { Doc } from "./values/value.ts";
import { listen } from "./wire/server.ts";

/*
 * The embedded database in a thread of its own, so that a long scan does not delay the answer to a push.
 * Messages to the main thread: {socket, port} when ready, {error} to be reported. The only message from it
 * orders to close.
 */
const SWEEP_MS = 60_000;
const CURSORS_MS = 5_000;

const { dir, port } = workerData as { dir: string; port: number | null };
const main = parentPort!;
const report = (error: unknown) =>
  main.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });

forgetClosed(dir);
const engine = openEngine(dir, Date.now);
const answer = answerWith(engine, report);
const running = new Set<Promise<Doc>>();
const nearby = await listenInFolder(dir, (place) => listen(tracked, place, report));
/** Windows has no such sockets: TCP instead. */
const wantedPort = nearby ? port : (port ?? 0);
const server = wantedPort === null ? null : await listen(tracked, { port: wantedPort, host: "127.0.0.1" }, report);
makePrivate(dir);
const sockets = new Set<Socket>();
for (const door of [server, nearby?.server])
  door?.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });

/** Answers a command and notes it as running: running commands end before the files are closed. */
function tracked(command: Doc): Promise<Doc> {
  const result = answer(command);
  running.add(result);
  return result.finally(() => running.delete(result));
}

let sweeping = Promise.resolve();
const sweeper = setInterval(() => {
  sweeping = sweep(engine, Date.now()).then(() => {}, report);
}, SWEEP_MS);
const cursorTimer = setInterval(() => engine.cursors.closeIdle(), CURSORS_MS);

async function close(): Promise<void> {
  clearInterval(sweeper);
  clearInterval(cursorTimer);
  server?.close();
  nearby?.close();
  for (const socket of sockets) socket.destroy();
  await Promise.allSettled([sweeping, ...running]);
  await engine.store.close();
  noteClosed(dir);
  main.close();
}

main.once("message", () => void close());
main.postMessage({ socket: nearby?.path ?? null, port: (server?.address() as AddressInfo | undefined)?.port ?? null });
