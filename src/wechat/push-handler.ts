import { randomUUID } from "node:crypto";
import type { Log } from "../log.ts";
import { SYSTEM_TIMER, type Timer } from "../timer.ts";
import { SUCCESS } from "./answer-push.ts";
import type { InboxStore, KeptPush } from "./inbox.ts";
import { Lanes } from "./lanes.ts";
import type { InboundMessage, MessageKind } from "./message.ts";
import { type OpenedPush, openPush, type PushRequest } from "./open-push.ts";
import type { PushConfig } from "./push-config.ts";
import { PushWork } from "./push-work.ts";
import type { Reply } from "./reply.ts";
import type { ReplySink } from "./reply-sink.ts";

export interface PushLimits {
  /** When the platform gets its answer at the latest; it hangs up after 5 s. */
  readonly deadlineMs: number;
  /** How long storing a push may take after the deadline; both together stay below the platform's 5 s. */
  readonly keepMs: number;
  /** Pause before a stored push is begun again whose work met a database that was away. */
  readonly againMs: number;
  /** How long a dead process blocks a push. Shorter than the deadline, so that the next retry takes the work over. */
  readonly leaseMs: number;
  /** How often a retry asks for the answer of another process. */
  readonly pollMs: number;
  /** After that a handler is given up, and the person's next message has its turn. */
  readonly stuckMs: number;
}

export interface PushHandlerOptions {
  readonly config: PushConfig;
  readonly inbox: InboxStore;
  readonly log: Log;
  nowMs(): number;
  /** Does the work of one message, once. Answers through the sink; a rejection is logged and ends nothing. */
  handle(message: InboundMessage, sink: ReplySink): Promise<void>;
  /** Called for an authentic push that is not as the protocol says; it is answered all the same. */
  unread?(fault: string): void;
  /** What to say when the work failed. */
  fallback?(message: InboundMessage): Reply | undefined;
  /** Says something as a customer message, when the push is answered already. */
  later?(message: InboundMessage, reply: Reply): Promise<unknown>;
  readonly limits?: Partial<PushLimits>;
  /** Ends waits at their limits. */
  readonly timer?: Timer;
}

export interface PushAnswer {
  readonly type: "text/plain" | "application/xml" | "application/json";
  readonly body: string;
}

export interface PushHandler {
  /**
   * Answers one push within the deadline: with the passive reply, or with `success` when there is none yet or nobody to
   * answer. Throws what openPush throws for what is not authentic, and Upstream when the inbox does not take the push:
   * the platform then sends it again.
   */
  handle(push: PushRequest): Promise<PushAnswer>;
  /** How many messages of that kind and person this process is working on, or has taken and keeps waiting for their turn. */
  inHand(openid: string, kind: MessageKind): number;
  /** Takes over what processes that died had accepted and not done; resolves when that is begun. Its answers are customer messages. */
  resume(): Promise<void>;
  /** Resolves when everything that was accepted is done. */
  settle(): Promise<void>;
}

const LIMITS: PushLimits = {
  deadlineMs: 4_000,
  keepMs: 700,
  againMs: 5_000,
  leaseMs: 3_000,
  pollMs: 150,
  stuckMs: 60_000,
};

/** Each push has one effect, however often and wherever it arrives, and one person's pushes are worked in the order of their arrival. */
export function createPushHandler(options: PushHandlerOptions): PushHandler {
  const limits = { ...LIMITS, ...options.limits };
  const lanes = new Lanes();
  const running = new Map<string, PushWork>();

  const tools = { ...options, timer: options.timer ?? SYSTEM_TIMER, limits, lanes };

  const start = (push: OpenedPush, claimed?: KeptPush): PushWork => {
    const work = new PushWork(push, tools, claimed);
    const { dedupKey } = push.message;
    running.set(dedupKey, work);
    work.done.then(() => running.delete(dedupKey));
    return work;
  };

  return {
    async handle(request) {
      const { message, fault, ...how } = openPush(options.config, { ...request, nowMs: options.nowMs() });
      if (fault !== undefined) options.unread?.(fault);
      if (!message) return { type: "text/plain", body: SUCCESS };
      const push = { message, ...how };
      // A retry to this process joins the work that is still running; one to another process meets it in the inbox.
      const work = running.get(push.message.dedupKey) ?? start(push);
      const body = await work.answer;
      if (body === SUCCESS) return { type: "text/plain", body };
      return { type: body.startsWith("{") ? "application/json" : "application/xml", body };
    },
    inHand: (openid, kind) =>
      [...running.values()].filter(
        (work) => work.isInHand && work.message.openid === openid && work.message.kind === kind,
      ).length,
    async resume() {
      const claim = () => options.inbox.claimKept(randomUUID(), limits.leaseMs);
      for (let kept = await claim(); kept; kept = await claim()) start(revived(kept.message), kept);
    },
    async settle() {
      await Promise.all([...running.values()].map((work) => work.done));
    },
  };
}

/** JSON knows no dates. Nobody waits for a passive answer any more, so its format does not matter. */
function revived(text: string): OpenedPush {
  const message = JSON.parse(text) as InboundMessage;
  return { message: { ...message, createdAt: new Date(message.createdAt) }, format: "xml" };
}
