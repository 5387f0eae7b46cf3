import { randomUUID } from "node:crypto";
import { SYSTEM_TIMER } from "../timer.ts";
import { SUCCESS } from "./answer-push.ts";
import type { KeptPush } from "./inbox.ts";
import type { InboundMessage, MessageKind } from "./message.ts";
import { type OpenedPush, openPush, type PushRequest } from "./open-push.ts";
import { PersonQueues } from "./person-queues.ts";
import type { PushHandlerOptions, PushLimits } from "./push-options.ts";
import { PushWork } from "./push-work.ts";

export interface PushAnswer {
  readonly type: "text/plain" | "application/xml" | "application/json";
  readonly body: string;
}

export interface PushHandler {
  /**
   * Answers one push within the deadline: with the passive reply, or with `success` when there is none yet or
   * nobody to answer. Throws what openPush throws for what is not authentic, and Upstream when the inbox does
   * not take the push: the platform then sends it again.
   */
  handle(push: PushRequest): Promise<PushAnswer>;
  /**
   * Counts the messages of that kind and person that this process is working on or holds waiting for their
   * turn.
   */
  inHand(openid: string, kind: MessageKind): number;
  /**
   * Takes over pushes that dead processes had accepted and not finished; resolves when they are started.
   * Their answers are customer messages.
   */
  resume(): Promise<void>;
  /** Resolves when everything that was accepted is finished. */
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

/**
 * Creates the handler: each push has one effect, however often and wherever it arrives, and one person's
 * pushes are processed in order of arrival.
 */
export function createPushHandler(options: PushHandlerOptions): PushHandler {
  const limits = { ...LIMITS, ...options.limits };
  const queues = new PersonQueues();
  const running = new Map<string, PushWork>();

  const tools = { ...options, timer: options.timer ?? SYSTEM_TIMER, limits, queues };

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
      // A retry to this process joins the work that is still running; one to another process meets it in the
      // inbox.
      const since = performance.now();
      const work = running.get(push.message.dedupKey) ?? start(push);
      const told = (outcome: "answered" | "silent" | "failed") =>
        options.answered?.({ kind: message.kind, outcome, ms: performance.now() - since });
      const body = await work.answer.catch((error) => {
        told("failed");
        throw error;
      });
      told(body === SUCCESS ? "silent" : "answered");
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

/** Restores a stored push; JSON has no dates. No passive answer follows, so the format does not matter. */
function revived(text: string): OpenedPush {
  const message = JSON.parse(text) as InboundMessage;
  return { message: { ...message, createdAt: new Date(message.createdAt) }, format: "xml" };
}
