import { createServer, type Server, type Socket } from "node:net";
import { MAX_MESSAGE } from "../commands/hello.ts";
import { Fault } from "../fault.ts";
import type { Doc } from "../values/value.ts";
import { Malformed, type Request, readMessage, writeReply } from "./message.ts";

export type Answer = (command: Doc) => Promise<Doc>;
type Report = (error: unknown) => void;

/** A port of loopback, or a path. */
export type Place = { port: number; host: "127.0.0.1" } | { path: string };

export function listen(answer: Answer, place: Place, report: Report): Promise<Server> {
  const server = createServer({ noDelay: true }, (socket) => serve(socket, answer, report));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(place, () => {
      server.off("error", reject);
      resolve(server);
    });
  });
}

/** One connection: its messages are answered one after the other. */
async function serve(socket: Socket, answer: Answer, report: Report): Promise<void> {
  socket.on("error", () => socket.destroy());
  try {
    for await (const message of messages(socket)) {
      const request = readMessage(message);
      const reply = await answer(request.command);
      if (request.wantsReply) await send(socket, request, reply);
    }
  } catch (error) {
    // What the client sent wrong is its own affair; whatever else is wrong must be seen.
    if (!(error instanceof Malformed || error instanceof Fault || isClosed(error))) report(error);
  } finally {
    socket.destroy();
  }
}

function isClosed(error: unknown): boolean {
  return (
    error instanceof Error &&
    ["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE"].includes(String(Reflect.get(error, "code")))
  );
}

function send(socket: Socket, request: Request, reply: Doc): Promise<void> | undefined {
  if (socket.destroyed) return undefined;
  if (socket.write(writeReply(request, reply))) return undefined;
  return new Promise((resolve) => {
    const done = () => {
      socket.off("drain", done).off("close", done);
      resolve();
    };
    socket.on("drain", done).on("close", done);
  });
}

async function* messages(socket: Socket): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of socket as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    while (bytes >= 4) {
      const size = sizeOf(parts);
      if (size < 16 || size > MAX_MESSAGE) throw new Malformed("bad message length");
      if (bytes < size) break;
      const all = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      yield all.subarray(0, size);
      parts = all.length > size ? [all.subarray(size)] : [];
      bytes -= size;
    }
  }
}

function sizeOf(parts: Buffer[]): number {
  if (parts[0]!.length < 4) parts.splice(0, parts.length, Buffer.concat(parts));
  return parts[0]!.readInt32LE(0);
}
