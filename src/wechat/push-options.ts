import type { Log } from "../log.ts";
import type { Timer } from "../timer.ts";
import type { InboxStore } from "./inbox.ts";
import type { InboundMessage } from "./message.ts";
import type { PushConfig } from "./push-config.ts";
import type { Reply } from "./reply.ts";
import type { ReplySink } from "./reply-sink.ts";

export interface PushLimits {
  /** Time until the platform gets an answer; it hangs up after 5 s. */
  readonly deadlineMs: number;
  /** Time that storing a push may take after the deadline; the sum stays below the platform's 5 s. */
  readonly keepMs: number;
  /** Pause before a stored push is retried that failed because the database was unreachable. */
  readonly againMs: number;
  /**
   * How long a dead process blocks a push. Shorter than the deadline, so that the next repetition takes the
   * work over.
   */
  readonly leaseMs: number;
  /** Interval at which a repetition asks for the answer of another process. */
  readonly pollMs: number;
  /** Time after which a handler is given up, so that the person's next message gets its turn. */
  readonly stuckMs: number;
}

export interface PushHandlerOptions {
  readonly config: PushConfig;
  readonly inbox: InboxStore;
  readonly log: Log;
  nowMs(): number;
  /** Processes one message, once. It answers through the sink; a rejection is logged. */
  handle(message: InboundMessage, sink: ReplySink): Promise<void>;
  /** Called for an authentic push that is not as the protocol says; it is answered all the same. */
  unread?(fault: string): void;
  /** The reply when processing failed. */
  fallback?(message: InboundMessage): Reply | undefined;
  /** Sends a customer message when the push has been answered already. */
  later?(message: InboundMessage, reply: Reply): Promise<unknown>;
  readonly limits?: Partial<PushLimits>;
  /** Called with each push that was opened, when it is answered or refused. */
  answered?(push: { kind: string; outcome: "answered" | "silent" | "failed"; ms: number }): void;
  /** Runs the time-outs. */
  readonly timer?: Timer;
}
