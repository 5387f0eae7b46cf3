import type { FileBoxInterface } from "file-box";
import type { Message, Wechaty } from "wechaty";
import { Conflict } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { failure } from "../failure.ts";
import type { InboundMessage } from "../message.ts";
import type { ReplySink } from "../reply-sink.ts";
import type { Outbound } from "./outbound.ts";
import { safeEmit } from "./safe-emit.ts";

const MAX_POOL = 1_000;

export interface OfficialAccountBot {
  /**
   * The Wechaty bot; listeners added by `bot.wechaty.on("message", …)` are awaited like those of onMessage.
   */
  readonly wechaty: Wechaty;
  onMessage(handler: (message: Message) => unknown): void;
  /**
   * Hands one message to all listeners and resolves when they have settled; rejects with the first one's
   * error. Meanwhile the first say() to the sender becomes the push's passive reply if the sink takes it;
   * everything else goes by Outbound. One message per person at a time.
   */
  deliver(message: InboundMessage, sink: ReplySink): Promise<void>;
  /** A picture that the platform already has, for say(). */
  picture(mediaId: string): FileBoxInterface;
  /** Counts the objects in memory, all bounded by the work in progress. */
  held(): { messages: number; people: number; contacts: number };
  stop(): Promise<void>;
}

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

/** Loads Wechaty and the puppet, on demand because it takes a second or two and 80 MB. */
export const loadWechaty = () => Promise.all([import("wechaty"), import("./puppet-official-account.ts")]);

/** Starts a Wechaty bot for one official account. */
export async function createBot({ outbound, log }: { outbound: Outbound; log: Log }): Promise<OfficialAccountBot> {
  const [{ WechatyBuilder }, { PuppetOfficialAccount, picture }] = await loadWechaty();
  const puppet = new PuppetOfficialAccount(outbound);
  // Without a name the memory card stays in memory; with one Wechaty would write into the working directory.
  const wechaty = WechatyBuilder.build({ puppet: puppet as never });
  const waiting = new Map<string, Waiting>();
  let stopped = false;

  wechaty.on("error", (error) => log.warn(failure(error), "wechaty.failed"));
  safeEmit(wechaty as never, (event, args, failures) => {
    const one = event === "message" ? waiting.get((args[0] as Message).id) : undefined;
    const unheard = one ? failures.slice(1) : failures;
    for (const error of unheard) log.error({ event, ...failure(error) }, "wechaty.listener-failed");
    if (one) settle(one, failures);
  });
  await wechaty.start();
  mendLocation(wechaty);
  const { pool } = wechaty.Contact as unknown as { pool: Map<string, unknown> };

  return {
    wechaty,
    onMessage: (handler) => void wechaty.on("message", handler as (message: Message) => void),
    async deliver(message, sink) {
      if (stopped) throw new Conflict("bot-stopped");
      const id = puppet.accept(message, sink);
      try {
        await new Promise<void>((resolve, reject) => {
          waiting.set(id, { resolve, reject });
          puppet.emit("message", { messageId: id });
        });
      } finally {
        waiting.delete(id);
        puppet.release(id, sink);
        // Wechaty never forgets a contact; a late say() may bring one back.
        pool.delete(message.openid);
        if (pool.size > MAX_POOL) pool.clear();
      }
    },
    picture,
    held: () => ({ ...puppet.held, contacts: pool.size }),
    async stop() {
      stopped = true;
      for (const one of waiting.values()) one.reject(new Conflict("bot-stopped"));
      await wechaty.stop();
    },
  };
}

function settle(one: Waiting, failures: unknown[]): void {
  if (failures.length > 0) one.reject(failures[0]);
  else one.resolve();
}

/**
 * Repairs message.toLocation(), which always throws in Wechaty 1.20: it makes its Location from the wrong
 * class.
 */
function mendLocation(wechaty: Wechaty): void {
  const toLocation = async function (this: Message) {
    return new wechaty.Location(await wechaty.puppet.messageLocation(this.id));
  };
  Object.defineProperty(wechaty.Message.prototype, "toLocation", {
    value: toLocation,
    configurable: true,
    writable: true,
  });
}
