import type { Reply } from "./reply.ts";

/** Takes a handler's answer while the push is still waiting for one. */
export interface ReplySink {
  /** True: this is the passive reply. False: the push is answered already, send a customer message. */
  offer(reply: Reply): boolean;
}

/** Takes one reply and writes it at once, so that an invalid reply fails in its caller. */
export class OneReply implements ReplySink {
  readonly #write: (reply: Reply) => string;
  readonly #decide: (body: string | null) => void;
  #body: string | null = null;
  #open = true;

  /** `decide` is called once, with the body to answer, or null when nothing was said. */
  constructor(write: (reply: Reply) => string, decide: (body: string | null) => void) {
    this.#write = write;
    this.#decide = decide;
  }

  offer(reply: Reply): boolean {
    if (!this.#open || this.#body !== null) {
      // The second reply travels as a customer message: the first is sent now, or it would arrive later.
      this.close();
      return false;
    }
    this.#body = this.#write(reply);
    return true;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#decide(this.#body);
  }

  get body(): string | null {
    return this.#body;
  }
}
