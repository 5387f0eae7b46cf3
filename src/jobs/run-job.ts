import type { Context } from "../context.ts";
import { nextAttempt, RETRY_SCHEDULE_S } from "../domain/retry.ts";
import { AppError, Busy, codeOf, Upstream } from "../errors.ts";
import { within } from "../timer.ts";
import type { Delivery, Lane, Verdict } from "./lanes.ts";

/**
 * Attempts after which a job is given up: three days would be too long. At the last one a notice is kept for
 * the next answer, and a picture is asked for again.
 */
const MAX_ATTEMPTS: Record<Delivery["kind"], number> = {
  claim: Number.POSITIVE_INFINITY,
  notice: 7,
  document: RETRY_SCHEDULE_S.length,
  photo: 7,
  plate: 3,
  "plate-idle": 3,
};
/** share of a lease: a claim's post that starts later could outlast it (30 s lease, 15 s time-out) */
const LAST_MOMENT = 0.5;
/** in leases: a job that takes longer is abandoned and its place is free for the next */
const LONGEST = 4;

/**
 * Runs one leased delivery and stores the result under the lease's token. Never throws, so that the loop goes
 * on.
 */
export function runJob(ctx: Context, lane: Lane, leased: Leased): Promise<void> {
  const { _id, accidentId } = leased.delivery;
  return run({ ...ctx, log: ctx.log.child({ deliveryId: _id, accidentId }) }, lane, leased);
}

async function run(ctx: Context, lane: Lane, leased: Leased): Promise<void> {
  const { delivery } = leased;
  const started = performance.now();
  const at = ctx.clock.now();
  const verdict = await judge(ctx, lane, leased);
  const ms = Math.round(performance.now() - started);
  ctx.metrics.delivery(delivery.kind, verdict.to, ms / 1000);
  if (delivery.kind === "claim") ctx.metrics.claimAttempt(delivery.target, verdict.to);
  const attempt = { n: delivery.attempts, at, ms, code: verdict.code, head: verdict.head };
  try {
    const kept = await write(ctx, delivery, { verdict, attempt });
    if (!kept) ctx.log.warn({ code: "lease-lost" }, "jobs.result-dropped");
  } catch (error) {
    // the lease expires and the delivery comes again: at least once
    ctx.log.error({ code: codeOf(error) }, "jobs.result-not-written");
  }
}

export interface Leased {
  delivery: Delivery;
  /** monotonic, milliseconds */
  leasedAt: number;
}

async function judge(ctx: Context, lane: Lane, { delivery, leasedAt }: Leased): Promise<Verdict> {
  const { _id: id, accidentId, target, attempts, seq, createdAt } = delivery;
  const mayPost = () => performance.now() - leasedAt < lane.leaseMs * LAST_MOMENT;
  const verdict = { to: "done" as const, code: "done", head: "", afterMs: 0 };
  // an attempt that kills the process never returns here; the number of leases counts it
  if (attempts > MAX_ATTEMPTS[delivery.kind]) return dead(ctx, delivery, "attempts-used-up");
  try {
    const openBody = () => ctx.accidents.openBody(accidentId, id, delivery.sealed);
    const last = attempts >= MAX_ATTEMPTS[delivery.kind];
    const job = { id, accidentId, target, openBody, attempts, seq, createdAt, last, mayPost };
    const limit = { timer: ctx.timer, ms: lane.leaseMs * LONGEST };
    return (await within(lane.handle(ctx, job), limit, stuck)) ?? verdict;
  } catch (error) {
    const code = codeOf(error);
    ctx.log.warn({ kind: delivery.kind, attempts, code }, "jobs.failed");
    return failed(ctx, delivery, { error, code });
  }
}

/**
 * Ends the wait for a job that never settles, so that its place is free. Its later writes are refused by the
 * lease's token.
 */
const stuck = (): never => {
  throw Object.assign(new Error("job stuck"), { code: "job-stuck" });
};

function failed(ctx: Context, delivery: Delivery, { error, code }: { error: unknown; code: string }): Verdict {
  const { attempts } = delivery;
  // No capacity at this moment does not count as an attempt.
  if (error instanceof Busy)
    return { to: "postpone", code, head: "", afterMs: Number(error.details.retryAfterS) * 1000 };
  const final = error instanceof Upstream ? !error.retryable : error instanceof AppError && error.status === 404;
  const retryAfterS = secondsUntil(error instanceof Upstream ? error.details.retryAt : null, ctx.clock.now());
  const afterMs = nextAttempt({ attempts, slowDown: false, retryAfterS, random: Math.random() });
  if (final || afterMs === null || attempts >= MAX_ATTEMPTS[delivery.kind]) return dead(ctx, delivery, code);
  return { to: "retry", code, head: "", afterMs };
}

/** Seconds until the time at which the platform allows the call again. */
const secondsUntil = (at: unknown, now: Date): number | null =>
  at instanceof Date ? Math.ceil((at.getTime() - now.getTime()) / 1000) : null;

/** Makes the verdict for a dead letter: kept for an operator, later deliveries go on. */
function dead(ctx: Context, { kind, attempts }: Delivery, code: string): Verdict {
  ctx.log.error({ kind, attempts, code }, "jobs.dead");
  return { to: "dead", code, head: "", afterMs: 0 };
}

type Attempt = Parameters<Context["deliveries"]["complete"]>[1];

function write(
  ctx: Context,
  { _id, token }: Delivery,
  { verdict, attempt }: { verdict: Verdict; attempt: Attempt },
): Promise<boolean> {
  const lease = { _id, token };
  const { deliveries } = ctx;
  if (verdict.to === "done") return deliveries.complete(lease, attempt);
  if (verdict.to === "dead") return deliveries.bury(lease, attempt);
  if (verdict.to === "held") return deliveries.hold(lease, attempt);
  if (verdict.to === "postpone") return deliveries.postpone(lease, attempt, verdict.afterMs);
  return deliveries.retry(lease, attempt, verdict.afterMs);
}
