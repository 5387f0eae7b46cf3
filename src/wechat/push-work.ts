import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { DatabaseAway, Upstream } from "../errors.ts";
import { type Timer, within } from "../timer.ts";
import { answerPush, SUCCESS } from "./answer-push.ts";
import { failure } from "./failure.ts";
import type { InboxLease, InboxState, KeptPush } from "./inbox.ts";
import type { Lanes, Turn } from "./lanes.ts";
import type { InboundMessage } from "./message.ts";
import type { OpenedPush } from "./open-push.ts";
import type { PushHandlerOptions, PushLimits } from "./push-handler.ts";
import { OneReply } from "./reply-sink.ts";

export interface PushTools extends PushHandlerOptions {
  readonly limits: PushLimits;
  readonly lanes: Lanes;
  readonly timer: Timer;
}

/** One push being worked on: `answer` within the deadline, `done` when nothing of it is running any more (it never rejects). */
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

  /** `claimed`: what is known of it when it was taken over from a process that died; its push was answered long ago. */
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
    // A push that was taken over has nobody waiting for its answer.
    this.answer.catch(() => {});
    this.#sink = new OneReply(
      (reply) => answerPush(push, reply, { nowMs: tools.nowMs() }),
      (body) => this.#resolve(body ?? SUCCESS),
    );
    // The turn is taken before anything is awaited: the order of arrival is the order of the work.
    const turn = tools.lanes.enter(push.message.openid);
    this.#isKept = claimed !== undefined;
    if (claimed) this.#sink.close();
    this.done = claimed ? this.#perform(turn) : this.#run(turn);
  }

  get message(): InboundMessage {
    return this.#push.message;
  }

  /** Being worked on, or waiting for its turn. The inbox gave it to us: it is not a repetition of what another process has or had. */
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
      if (state.state === "new") return await this.#perform(this.#tools.lanes.enter(this.#push.message.openid));
      this.#resolve(state.state === "done" ? (state.reply ?? SUCCESS) : SUCCESS);
    } catch (error) {
      this.#note("push not taken: inbox failed", error);
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
    // Not in the inbox, not accepted: an error makes the platform send it again, `success` would lose it.
    if (!this.#accepted) this.#reject(new Upstream("wechat-inbox-slow"));
    else if (this.#isInHand) await this.#keep();
    this.#sink.close();
  }

  /** After `success` nobody sends it again: it has to outlive this process. What is said meanwhile still is the passive reply. */
  async #keep(): Promise<void> {
    const { inbox, limits, timer } = this.#tools;
    try {
      const kept = inbox.keep(this.#lease, JSON.stringify(this.#push.message));
      await within(kept, { timer, ms: limits.keepMs }, () => {
        throw new Upstream("wechat-inbox-slow");
      });
      this.#isKept = true;
    } catch (error) {
      this.#note("push not kept", error);
      this.#reject(new Upstream("wechat-inbox", {}, true, error));
    }
  }

  /** Another process is at it: its answer if it comes in time, its work if it died (then its lease ends before our deadline). */
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
    const renewal = setInterval(() => this.#quietly("lease not renewed", inbox.renew(this.#lease)), limits.leaseMs / 3);
    try {
      await turn.ready;
      const outcome = await this.#handle();
      if (outcome === "repeat") return await this.#giveBack(turn);
      this.#sink.close();
      this.#isInHand = false;
      // What is kept for a repetition need not keep his next message waiting.
      turn.leave();
      await this.#quietly("push not finished", inbox.finish(this.#lease, this.#sink.body));
    } finally {
      clearInterval(renewal);
      turn.leave();
    }
  }

  /**
   * The database went away during the work: nothing is answered, and the work begins again with the
   * platform's repetition or from the stored push.
   */
  async #giveBack(turn: Turn): Promise<void> {
    const { inbox, limits } = this.#tools;
    this.#isInHand = false;
    turn.leave();
    await this.#quietly("push not given back", inbox.release(this.#lease, this.#isKept ? limits.againMs : 0));
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
      this.#note("push handler failed", error);
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
      this.#note("fallback not said", error);
    }
  }

  async #quietly(what: string, step: Promise<void>): Promise<void> {
    try {
      await step;
    } catch (error) {
      this.#note(what, error);
    }
  }

  #note(what: string, error: unknown): void {
    const { kind, msgId } = this.#push.message;
    this.#tools.log.error({ kind, msgId, ...failure(error) }, what);
  }
}
