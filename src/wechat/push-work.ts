import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { DatabaseAway, Upstream } from "../errors.ts";
import type { CodeAt } from "../log.ts";
import { type Timer, within } from "../timer.ts";
import { answerPush, SUCCESS } from "./answer-push.ts";
import { failure } from "./failure.ts";
import type { InboxLease, InboxState, KeptPush } from "./inbox.ts";
import type { InboundMessage } from "./message.ts";
import type { OpenedPush } from "./open-push.ts";
import type { PersonQueues, Turn } from "./person-queues.ts";
import type { PushHandlerOptions, PushLimits } from "./push-options.ts";
import { OneReply } from "./reply-sink.ts";

type ErrorCode = CodeAt<"error">;

export interface PushTools extends PushHandlerOptions {
  readonly limits: PushLimits;
  readonly queues: PersonQueues;
  readonly timer: Timer;
}

/**
 * The processing of one push: `answer` resolves within the deadline, `done` when everything has ended; `done`
 * never rejects.
 */
export class PushWork {
  readonly answer: Promise<string>;
  readonly done: Promise<void>;
  readonly #push: OpenedPush;
  readonly #tools: PushTools;
  readonly #lease: InboxLease;
  readonly #sink: OneReply;
  #accepted = false;
  #isKept = false;
  #isInHand = false;
  #isLate = false;
  #resolve: (body: string) => void = () => {};
  #reject: (error: Error) => void = () => {};

  /** `claimed`: the stored push when it is taken over from a dead process; it was answered long ago. */
  constructor(push: OpenedPush, tools: PushTools, claimed?: KeptPush) {
    this.#push = push;
    this.#tools = tools;
    const { dedupKey: key, msgId, createdAt } = push.message;
    const order = msgId ?? String(createdAt.getTime());
    this.#lease = claimed?.lease ?? {
      key,
      order,
      isEncrypted: push.seal !== undefined,
      holder: randomUUID(),
      leaseMs: tools.limits.leaseMs,
    };
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody waits for the answer to a push that was taken over.
    this.answer.catch(() => {});
    this.#sink = new OneReply(
      (reply) => answerPush(push, reply, { nowMs: tools.nowMs() }),
      (body) => this.#resolve(body ?? SUCCESS),
    );
    // The turn is taken before the first await, so that pushes are processed in order of arrival.
    const turn = tools.queues.enter(push.message.openid);
    this.#isKept = claimed !== undefined;
    if (claimed) this.#sink.close();
    this.done = claimed ? this.#perform(turn) : this.#run(turn);
  }

  get message(): InboundMessage {
    return this.#push.message;
  }

  /**
   * True while this process works on the push or holds it waiting: the inbox assigned it here, so it is no
   * repetition of another process's work.
   */
  get isInHand(): boolean {
    return this.#isInHand;
  }

  async #run(turn: Turn): Promise<void> {
    const { timer, limits } = this.#tools;
    const stopDeadline = timer.after(limits.deadlineMs, () => void this.#onDeadline());
    try {
      const first = await this.#begin();
      if (first.state === "new") return await this.#perform(turn);
      turn.leave();
      const state = await this.#waitElsewhere(first);
      if (state.state === "new") return await this.#perform(this.#tools.queues.enter(this.#push.message.openid));
      this.#resolve(state.state === "done" ? (state.reply ?? SUCCESS) : SUCCESS);
    } catch (error) {
      this.#note("wechat.push-not-taken", error);
      this.#reject(new Upstream("wechat-inbox", {}, true, error));
    } finally {
      stopDeadline();
      turn.leave();
    }
  }

  async #begin(): Promise<InboxState> {
    const state = await this.#tools.inbox.begin(this.#lease);
    this.#accepted = true;
    return state;
  }

  async #onDeadline(): Promise<void> {
    this.#isLate = true;
    // A push that is not in the inbox is answered with an error, so that the platform repeats it; `success`
    // would lose it.
    if (!this.#accepted) this.#reject(new Upstream("wechat-inbox-slow"));
    else if (this.#isInHand) await this.#keep();
    this.#sink.close();
  }

  /**
   * Stores the push before `success` is answered: the platform will not repeat it. A reply meanwhile is still
   * the passive one.
   */
  async #keep(): Promise<void> {
    const { inbox, limits, timer } = this.#tools;
    try {
      const kept = inbox.keep(this.#lease, JSON.stringify(this.#push.message));
      await within(kept, { timer, ms: limits.keepMs }, () => {
        throw new Upstream("wechat-inbox-slow");
      });
      this.#isKept = true;
    } catch (error) {
      this.#note("wechat.push-not-kept", error);
      this.#reject(new Upstream("wechat-inbox", {}, true, error));
    }
  }

  /**
   * Waits for another process: returns its answer if it comes in time, or takes over if that process died
   * (its lease ends before our deadline).
   */
  async #waitElsewhere(first: InboxState): Promise<InboxState> {
    let state = first;
    while (state.state === "running" && !this.#isLate) {
      await delay(this.#tools.limits.pollMs);
      if (!this.#isLate) state = await this.#begin();
    }
    return state;
  }

  async #perform(turn: Turn): Promise<void> {
    const { inbox, limits } = this.#tools;
    this.#isInHand = true;
    const renew = () => this.#quietly("wechat.lease-not-renewed", inbox.renew(this.#lease));
    const renewal = setInterval(renew, limits.leaseMs / 3);
    try {
      await turn.ready;
      const outcome = await this.#handle();
      if (outcome === "repeat") return await this.#giveBack(turn);
      this.#sink.close();
      this.#isInHand = false;
      // Storing the answer for repetitions must not delay the person's next message.
      turn.leave();
      await this.#quietly("wechat.push-not-finished", inbox.finish(this.#lease, this.#sink.body));
    } finally {
      clearInterval(renewal);
      turn.leave();
    }
  }

  /**
   * Returns the push when the database became unreachable during the work: nothing is answered, and the
   * platform's repetition or the stored push starts it again.
   */
  async #giveBack(turn: Turn): Promise<void> {
    const { inbox, limits } = this.#tools;
    this.#isInHand = false;
    turn.leave();
    await this.#quietly("wechat.push-not-given-back", inbox.release(this.#lease, this.#isKept ? limits.againMs : 0));
    this.#reject(new DatabaseAway());
  }

  async #handle(): Promise<"done" | "repeat"> {
    const { message } = this.#push;
    const { handle, limits, timer } = this.#tools;
    const work = (async () => handle(message, this.#sink))();
    try {
      await within(work, { timer, ms: limits.stuckMs }, () => {
        throw new Upstream("wechat-handler-stuck");
      });
    } catch (error) {
      this.#note("wechat.handler-failed", error);
      if (error instanceof DatabaseAway && this.#sink.body === null) return "repeat";
      await this.#sayFallback();
    }
    return "done";
  }

  async #sayFallback(): Promise<void> {
    const { fallback, later } = this.#tools;
    const { message } = this.#push;
    try {
      const reply = this.#sink.body === null ? fallback?.(message) : undefined;
      if (reply && !this.#sink.offer(reply)) await later?.(message, reply);
    } catch (error) {
      this.#note("wechat.fallback-not-said", error);
    }
  }

  async #quietly(what: ErrorCode, step: Promise<void>): Promise<void> {
    try {
      await step;
    } catch (error) {
      this.#note(what, error);
    }
  }

  #note(what: ErrorCode, error: unknown): void {
    const { kind, msgId } = this.#push.message;
    this.#tools.log.error({ kind, msgId, ...failure(error) }, what);
  }
}
