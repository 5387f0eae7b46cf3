import type { Reply } from "./reply.ts";

/** Where a handler's answers go while the push is still waiting for one. */
export interface ReplySink {
  /** True: it is the passive reply. False: the push has its answer already, say it as a customer message. */
  offer(reply: Reply): boolean;
}

/** Takes one reply and writes it at once, so that a reply that cannot be written is the speaker's error. */
export class OneReply implements ReplySink {
  readonly #write: (reply: Reply) => string;
  readonly #decide: (body: string | null) => void;
  #body: string | null = null;
  #open = true;

  /** `decide` is called once, with the body to answer or null when nothing was said. */
  constructor(write: (reply: Reply) => string, decide: (body: string | null) => void) {
    this.#write = write;
    this.#decide = decide;
  }

  offer(reply: Reply): boolean {
    if (!this.#open || this.#body !== null) {
      // The second words travel another way: let the first ones leave now, or they would arrive after them.
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
