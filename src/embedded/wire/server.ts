import { createServer, type Server, type Socket } from "node:net";
import { MAX_MESSAGE } from "../commands/hello.ts";
import { Fault } from "../fault.ts";
import type { Doc } from "../values/value.ts";
import { Malformed, type Request, readMessage, writeReply } from "./message.ts";

export type Answer = (command: Doc) => Promise<Doc>;
type Report = (error: unknown) => void;

/** Where to listen: a port on loopback, or the path of a socket. */
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

/** Serves one connection: its messages are answered one after the other. */
async function serve(socket: Socket, answer: Answer, report: Report): Promise<void> {
  socket.on("error", () => socket.destroy());
  try {
    for await (const message of messages(socket)) {
      const request = readMessage(message);
      const { command } = request;
      const reply = command instanceof Fault ? command.answer() : await answer(command);
      if (request.wantsReply) await send(socket, request, reply);
    }
  } catch (error) {
    // Malformed input concerns the client alone; any other error is reported.
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

/**
 * Yields whole messages. A large one is collected in a buffer of its final size, because joining its parts
 * at the end would copy a photograph once more.
 */
async function* messages(socket: Socket): AsyncGenerator<Buffer> {
  let rest: Buffer = EMPTY;
  let large: Buffer | null = null;
  let filled = 0;
  for await (const part of socket as AsyncIterable<Buffer>) {
    let from = 0;
    if (large) {
      from = part.copy(large, filled);
      filled += from;
      if (filled < large.length) continue;
      yield large;
      large = null;
    }
    const fresh = from > 0 ? part.subarray(from) : part;
    rest = rest.length > 0 ? Buffer.concat([rest, fresh]) : fresh;
    for (let size = sizeOf(rest); rest.length >= size; size = sizeOf(rest)) {
      yield rest.subarray(0, size);
      rest = rest.subarray(size);
    }
    if (rest.length < LEAST_START) continue;
    large = Buffer.allocUnsafeSlow(sizeOf(rest));
    filled = rest.copy(large);
    rest = EMPTY;
  }
}

const EMPTY = Buffer.alloc(0);
/** Bytes of a message to wait for before a buffer of the announced size is allocated. */
const LEAST_START = 1024;

function sizeOf(start: Buffer): number {
  if (start.length < 4) return Number.POSITIVE_INFINITY;
  const size = start.readInt32LE(0);
  if (size < 16 || size > MAX_MESSAGE) throw new Malformed("bad message length");
  return size;
}
