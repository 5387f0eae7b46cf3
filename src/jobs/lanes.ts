import { deliverClaim } from "../actions/deliver-claim.ts";
import { fetchPhoto } from "../actions/fetch-photo.ts";
import { readPlate } from "../actions/read-plate.ts";
import type { Context } from "../context.ts";
import type { OutboxEntry } from "../domain/accident.ts";
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
  /** no further attempt follows */
  last: boolean;
  /** false once half of the lease is over: what is sent then may be sent by another worker too */
  mayPost: () => boolean;
}

/** What is to become of the delivery. */
export interface Verdict {
  to: "done" | "dead" | "held" | "retry" | "late";
  code: string;
  head: string;
  afterMs: number;
}

export interface Lane {
  kind: OutboxEntry["kind"];
  /** taken when nothing of its own kind is due */
  idleKind?: OutboxEntry["kind"];
  /** Which of what is due is taken next (queues.ts); not given: what has been due longest. */
  order?: "by-insurer" | "urgent-first";
  /** how many at once in this process: pictures and paper must not delay claims */
  concurrency: number;
  /** How long a driver waits for what a dead process had in hand. A claim's is twice the time-out of its post; the others may run twice, to the same end. */
  leaseMs: number;
  /** Returns what becomes of the delivery; nothing returned: done. What it throws is tried again by the schedule. */
  handle(ctx: Context, job: Job): Promise<Verdict | undefined>;
}

export const LANES: readonly Lane[] = [
  {
    kind: "claim",
    order: "by-insurer",
    // each insurer has its own limit
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
    async handle(ctx, { id, target, openBody, last }) {
      const notice = JSON.parse(await openBody());
      const channel = await tellPerson(ctx, { personId: target, notice, deliveryId: id, last });
      return channel === "waits" ? { to: "late", code: channel, head: "", afterMs: 1_000 } : undefined;
    },
  },
  {
    kind: "document",
    concurrency: 1,
    leaseMs: 15_000,
    // Claims wait for the agreement. Its body adds nothing that is not known here, so it need not be opened.
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
      const again = await fetchPhoto(ctx, { ...JSON.parse(await openBody()), attempts, last });
      return again ? { to: "late", head: "", ...again } : undefined;
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
