import { deliverClaim } from "../actions/deliver-claim.ts";
import { fetchPhoto } from "../actions/fetch-photo.ts";
import { makeInvitation } from "../actions/make-invitation.ts";
import { readPlate } from "../actions/read-plate.ts";
import type { Context } from "../context.ts";
import type { OutboxEntry } from "../domain/accident.ts";
import { needsInvitation } from "../domain/invitation.ts";
import { versionOf } from "../domain/outbox.ts";
import { tellPerson } from "../notices/tell-person.ts";
import { settlePaper } from "./settle-paper.ts";

export type Delivery = NonNullable<Awaited<ReturnType<Context["deliveries"]["claimDue"]>>>;

/** One leased delivery. */
export interface Job {
  id: string;
  accidentId: string;
  target: string;
  /** Opens the body; throws Unreadable, or NotFound when the accident was erased. */
  openBody: () => Promise<string>;
  attempts: number;
  /** place in the accident's outbox */
  seq: number;
  createdAt: Date;
  /** true when no further attempt follows */
  last: boolean;
  /** false once half of the lease is over: another worker might send it too */
  mayPost: () => boolean;
}

/** The result of a job: what becomes of its delivery. */
export interface Verdict {
  to: "done" | "dead" | "held" | "retry" | "postpone";
  code: string;
  head: string;
  afterMs: number;
}

export interface Lane {
  kind: OutboxEntry["kind"];
  /** a kind that is taken when nothing of the lane's own kind is due */
  idleKind?: OutboxEntry["kind"];
  /** Order of due deliveries (queues.ts); by default the one that has been due longest. */
  order?: "by-insurer" | "urgent-first";
  /** jobs at once in this process, so that pictures and paper do not delay claims */
  concurrency: number;
  /**
   * How long a delivery of a dead process waits. A claim's lease is twice the time-out of its post; other
   * jobs may run twice with the same result.
   */
  leaseMs: number;
  /** Returns what becomes of the delivery; undefined: done. An error is retried by the schedule. */
  handle(ctx: Context, job: Job): Promise<Verdict | undefined>;
}

export const LANES: readonly Lane[] = [
  {
    kind: "claim",
    order: "by-insurer",
    // limited per insurer instead
    concurrency: Number.POSITIVE_INFINITY,
    leaseMs: 30_000,
    async handle(ctx, { id, target, openBody, ...job }) {
      return deliverClaim(ctx, { ...job, body: await openBody(), deliveryId: id, insurerCode: target });
    },
  },
  {
    kind: "notice",
    order: "urgent-first",
    concurrency: 4,
    leaseMs: 15_000,
    async handle(ctx, { id, target, openBody, last, seq, createdAt }) {
      const notice = JSON.parse(await openBody());
      const news = { version: versionOf(seq), madeAt: createdAt };
      const channel = await tellPerson(ctx, { personId: target, notice, deliveryId: id, news, last });
      return channel === "waits" ? { to: "postpone", code: channel, head: "", afterMs: 1_000 } : undefined;
    },
  },
  {
    kind: "document",
    concurrency: 1,
    leaseMs: 15_000,
    // Claims wait for the agreement's paper. The body holds nothing that is not known here, so it is not
    // opened.
    async handle(ctx, { accidentId, attempts }) {
      await settlePaper(ctx, { accidentId, attempts });
      return undefined;
    },
  },
  {
    kind: "photo",
    concurrency: 2,
    leaseMs: 15_000,
    async handle(ctx, { openBody, attempts, last }) {
      const job = JSON.parse(await openBody());
      const again = await fetchPhoto(ctx, { ...job, attempts, last });
      // the page that "you may move" leads to shows the invitation
      if (needsInvitation(await ctx.accidents.get(job.accidentId), ctx.clock.now()))
        await makeInvitation(ctx, { accidentId: job.accidentId, letter: "A" });
      return again ? { to: "postpone", head: "", ...again } : undefined;
    },
  },
  {
    kind: "plate",
    idleKind: "plate-idle",
    concurrency: 1,
    leaseMs: 15_000,
    async handle(ctx, { openBody }) {
      const outcome = await readPlate(ctx, JSON.parse(await openBody()));
      return outcome === "unreadable" ? { to: "dead", code: outcome, head: "", afterMs: 0 } : undefined;
    },
  },
];
