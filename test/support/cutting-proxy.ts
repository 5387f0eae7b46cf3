import { connect, createServer, type Server, type Socket } from "node:net";
import { resetSocket } from "./reset-socket.ts";

/**
 * When in a command's life the connections break. `after`: the database has done it, and its answer is lost.
 */
export type Moment = "before" | "within" | "after";
export const MOMENTS: readonly Moment[] = ["before", "within", "after"];

interface Pair {
  client: Socket;
  server: Socket;
  /** what is kept back while the proxy hangs; null: all, for good */
  held: (() => void)[] | null;
}

interface Cut {
  left: number;
  moment: Moment;
  done: () => void;
}

const HEARTBEATS = new Set(["hello", "isMaster", "ismaster", "ping", "endSessions"]);

/**
 * A proxy between the driver and a database, on TCP or on a socket in a folder, that knows where a command
 * begins and ends.
 */
export class CuttingProxy {
  /** names of the commands that have come by, the driver's own left out */
  readonly commands: string[] = [];
  readonly #target: URL;
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;
  #cut: Cut | null = null;
  #cuts = 0;
  #hangs = false;
  #refuses = false;
  #delayMs = 0;
  #tellWaiting: (() => void)[] = [];

  readonly #onMessage: (message: Buffer) => void;

  private constructor(uri: string, onMessage: (message: Buffer) => void) {
    this.#onMessage = onMessage;
    this.#target = new URL(uri);
    this.#server = createServer((client) => this.#accept(client));
  }

  /** `onMessage` is called with each message of the driver, its own among them. */
  static async start(uri: string, onMessage: (message: Buffer) => void = () => {}): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(uri, onMessage);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** MONGODB_URI through the proxy */
  get uri(): string {
    const through = new URL(this.#target);
    through.host = `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
    return through.href;
  }

  /**
   * Breaks all connections at that moment of the `nth` command from now on (1: the next); resolves when it is
   * done.
   */
  cutAt(nth: number, moment: Moment): Promise<void> {
    return new Promise((done) => {
      this.#cut = { left: nth, moment, done };
    });
  }

  /** No cut is due any more. */
  spare(): void {
    this.#cut = null;
  }

  /** Keeps connections open and passes nothing on, like a database process that is stopped (SIGSTOP). */
  hang(): void {
    this.#hangs = true;
  }

  /** Resolves when a command has come by that is kept back. */
  waiting(): Promise<void> {
    return new Promise((tell) => void this.#tellWaiting.push(tell));
  }

  /** The connections of now hang for good; what comes on new ones passes. */
  forget(): void {
    this.#hangs = false;
    for (const pair of this.#pairs) pair.held = null;
  }

  /** Breaks all connections and refuses new ones, like a database that is gone. */
  refuse(): void {
    this.#refuses = true;
    this.#breakAll();
  }

  /** Passes each command on so many milliseconds late. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** All as it was: what was kept back is passed on first. */
  resume(): void {
    this.#hangs = false;
    this.#refuses = false;
    this.#delayMs = 0;
    for (const { held } of this.#pairs) for (const act of held?.splice(0) ?? []) act();
  }

  async close(): Promise<void> {
    this.#breakAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.#refuses) {
      client.destroy();
      return;
    }
    const { hostname, port } = this.#target;
    const server = port ? connect(Number(port), hostname) : connect(decodeURIComponent(hostname));
    const pair: Pair = { client, server, held: [] };
    this.#pairs.add(pair);
    const gone = () => {
      client.destroy();
      server.destroy();
      this.#pairs.delete(pair);
    };
    for (const socket of [client, server]) socket.setNoDelay().on("error", gone).on("close", gone);
    client.on(
      "data",
      wholeMessages((message) => this.#onCommand(pair, message)),
    );
    server.on("data", (bytes) => this.#pass(pair, () => client.write(bytes)));
  }

  #pass(pair: Pair, act: () => void): void {
    if (pair.held === null) return;
    if (this.#hangs) pair.held.push(act);
    else if (this.#delayMs > 0) setTimeout(act, this.#delayMs);
    else act();
  }

  #onCommand(pair: Pair, message: Buffer): void {
    this.#onMessage(message);
    const cut = this.#cutOf(commandOf(message));
    const breaking = () => {
      this.#breakAll();
      cut?.done();
    };
    if (cut?.moment === "before") breaking();
    else if (cut?.moment === "within") pair.server.write(message.subarray(0, message.length >> 1), breaking);
    else {
      if (cut) pair.server.removeAllListeners("data").once("data", breaking);
      this.#pass(pair, () => pair.server.write(message));
    }
  }

  #cutOf(command: string): Cut | null {
    if (HEARTBEATS.has(command)) return null;
    this.commands.push(command);
    if (this.#hangs) for (const tell of this.#tellWaiting.splice(0)) tell();
    const cut = this.#cut;
    if (!cut || --cut.left > 0) return null;
    this.#cut = null;
    return cut;
  }

  /**
   * By a reset, or as a server ends that is stopped: the two meet the driver differently, so they take turns.
   */
  #breakAll(): void {
    const isReset = this.#cuts++ % 2 === 0;
    for (const { client, server } of this.#pairs) {
      if (isReset) resetSocket(client);
      else client.end(() => client.destroy());
      server.destroy();
    }
    this.#pairs.clear();
  }
}

/** Calls back with each whole message of MongoDB's wire protocol: its first four bytes say how long it is. */
function wholeMessages(onMessage: (message: Buffer) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0);
      onMessage(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}

const OP_MSG = 2013;

/**
 * The name of the command: the first key of the first document (OP_MSG: after flags and the kind of the
 * section).
 */
function commandOf(message: Buffer): string {
  if (message.readInt32LE(12) !== OP_MSG) return "hello";
  const name = 16 + 4 + 1 + 4 + 1;
  return message.toString("latin1", name, message.indexOf(0, name));
}
