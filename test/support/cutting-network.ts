import { connect, createServer, type Server, type Socket } from "node:net";
import { resetSocket } from "./reset-socket.ts";

/**
 * When the network breaks: `body` while a form is on its way, `answer` while the server answers one that it
 * has taken, `now` for everybody at once.
 */
export type NetworkMoment = "body" | "answer" | "now";

interface Line {
  phone: Socket;
  server: Socket;
  /** what is cut next on this line */
  next: "body" | "answer" | null;
}

const POSTED = /^(POST|PUT) /;

/** A network between phones and the server that breaks at a chosen moment. */
export class CuttingNetwork {
  /** how often it broke at each moment */
  readonly cuts: Record<NetworkMoment, number> = { body: 0, answer: 0, now: 0 };
  readonly #lines = new Set<Line>();
  readonly #port: number;
  readonly #server: Server;
  #due: { moment: "body" | "answer"; done: () => void } | null = null;

  private constructor(port: number) {
    this.#port = port;
    this.#server = createServer((phone) => this.#accept(phone));
  }

  /** `at`: the port that phones connect to; `port`: that of the server. */
  static async start(at: number, port: number): Promise<CuttingNetwork> {
    const network = new CuttingNetwork(port);
    await new Promise<void>((resolve) => network.#server.listen(at, "127.0.0.1", resolve));
    return network;
  }

  /** Breaks it at the next such moment; resolves when it is done. */
  cut(moment: NetworkMoment): Promise<void> {
    if (moment !== "now")
      return new Promise((done) => {
        this.#due = { moment, done };
      });
    for (const line of this.#lines) this.#break(line);
    this.cuts.now++;
    return Promise.resolve();
  }

  /** No cut is due any more. */
  spare(): void {
    this.#due = null;
  }

  async close(): Promise<void> {
    for (const line of this.#lines) this.#break(line);
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(phone: Socket): void {
    const server = connect(this.#port, "127.0.0.1");
    const line: Line = { phone, server, next: null };
    this.#lines.add(line);
    const gone = () => {
      phone.destroy();
      server.destroy();
      this.#lines.delete(line);
    };
    for (const socket of [phone, server]) socket.setNoDelay().on("error", gone).on("close", gone);
    phone.on("data", (bytes) => this.#toServer(line, bytes));
    server.on("data", (bytes) => this.#toPhone(line, bytes));
  }

  #toServer(line: Line, bytes: Buffer): void {
    if (POSTED.test(bytes.toString("latin1", 0, 5)) && this.#due && !line.next) line.next = this.#due.moment;
    if (line.next !== "body") return void line.server.write(bytes);
    const head = bytes.indexOf("\r\n\r\n");
    const from = head < 0 ? 0 : head + 4;
    // the body comes in the next piece
    if (from === bytes.length) return void line.server.write(bytes);
    line.server.write(bytes.subarray(0, from + ((bytes.length - from) >> 1)), () => this.#cutHere(line, "body"));
  }

  #toPhone(line: Line, bytes: Buffer): void {
    if (line.next !== "answer") return void line.phone.write(bytes);
    line.phone.write(bytes.subarray(0, bytes.length >> 1), () => this.#cutHere(line, "answer"));
  }

  #cutHere(line: Line, moment: "body" | "answer"): void {
    this.#break(line);
    if (this.#due?.moment !== moment) return;
    this.cuts[moment]++;
    this.#due.done();
    this.#due = null;
  }

  #break(line: Line): void {
    resetSocket(line.phone);
    line.server.destroy();
    this.#lines.delete(line);
  }
}
