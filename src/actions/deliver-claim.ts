import type { Context } from "../context.ts";
import type { Accident, Change, NewEvent } from "../domain/accident.ts";
import { hasClaimEvent } from "../domain/claim-events.ts";
import { beijingTime, type ClaimMessage } from "../domain/claim-message.ts";
import { callInsurer, numberNotices, untakenNotices } from "../domain/claim-notice.ts";
import { bodyToSend } from "../domain/claim-reduction.ts";
import { wireOf } from "../domain/claim-version-1.ts";
import { nextAttempt, RETRY_SCHEDULE_S } from "../domain/retry.ts";

export interface DeliverClaim {
  accidentId: string;
  deliveryId: string;
  insurerCode: string;
  /** the claim as it was put into the outbox; the insurer gets it in the version that it reads */
  body: string;
  /** attempts so far, this one included */
  attempts: number;
  /** false: too little of the lease is left to post within it */
  mayPost: () => boolean;
}

/** What becomes of the delivery, for the job that leased it. `postpone`: the attempt does not count. */
export interface DeliveryVerdict {
  to: "done" | "dead" | "held" | "retry" | "postpone";
  code: string;
  /** redacted start of the insurer's answer */
  head: string;
  /** of "retry" and "postpone" */
  afterMs: number;
  insurerClaimNo: string | null;
}

/** keeps a process that is always late from taking the same claim in a circle */
const LATE_MS = 1_000;
/** after more than half an hour; a whole day is reported by tell-late-claims */
const WARN_AT = 5;
const NEEDS_VERSION_2 = "needs-schema-version-2";
const NOTHING_SENT = { head: "", afterMs: 0, insurerClaimNo: null };

/**
 * Makes one attempt to hand a claim to its insurer. A final result (delivered, given up) becomes an event of
 * the accident; a driver whose claim cannot be handed over is told to call.
 */
export async function deliverClaim(ctx: Context, input: DeliverClaim): Promise<DeliveryVerdict> {
  const sent = nameOf(input.body);
  const { ref } = sent;
  const accident = await ctx.accidents.get(input.accidentId);
  // the event was written and the worker died before it could say so: the insurer has it
  if (isDelivered(accident, sent)) return { ...NOTHING_SENT, to: "done", code: "delivered-before" };
  const claim = accident.claims.find((one) => one.ref === ref);
  if (claim?.stoppedAt) return { ...NOTHING_SENT, to: "done", code: "forwarding-withdrawn" };
  // it was stopped and has begun anew: this is the message of before
  if (claim?.submittedAt && sent.submittedAt < beijingTime(claim.submittedAt))
    return { ...NOTHING_SENT, to: "done", code: "begun-anew" };
  if (!input.mayPost()) return { ...NOTHING_SENT, to: "postpone", code: "lease-nearly-over", afterMs: LATE_MS };
  const verdict = await attempt(ctx, { ...input, body: bodyToSend(accident, input.body) });
  const { to, code, insurerClaimNo } = verdict;
  if (to === "done")
    await ctx.accidents.change(accident.id, (current) => delivered(ctx, current, { sent, insurerClaimNo }));
  if (to === "dead") await ctx.accidents.change(accident.id, (current) => givenUp(ctx, current, { ref, code }));
  if (code === NEEDS_VERSION_2 && sent.revision > 1)
    await ctx.accidents.change(accident.id, (current) => notCorrected(ctx, current, sent));
  const told = { deliveryId: input.deliveryId, insurer: input.insurerCode, code, attempts: input.attempts };
  if (to === "dead") ctx.log.error(told, "claim.dead");
  if (to === "held") ctx.log.error(told, "claim.held");
  if (to === "retry" && input.attempts === WARN_AT) ctx.log.warn(told, "claim.still-not-taken");
  return verdict;
}

async function attempt(
  ctx: Context,
  { insurerCode, deliveryId, body, attempts }: DeliverClaim,
): Promise<DeliveryVerdict> {
  // an attempt that kills the process is never counted as failed; the number of leases counts it
  if (attempts > RETRY_SCHEDULE_S.length) return { ...NOTHING_SENT, to: "dead", code: "attempts-used-up" };
  const version = ctx.config.insurers.find(({ code }) => code === insurerCode)?.schemaVersion ?? 1;
  const wire = wireOf(body, version);
  if ("unsayable" in wire) return needsVersion2(wire.unsayable);
  const outcome = await ctx.insurers.post(insurerCode, { id: deliveryId, body: wire.body });
  const { kind, code, head, slowDown, retryAfterS, insurerClaimNo } = outcome;
  const verdict = { code, head, insurerClaimNo, afterMs: 0 };
  if (kind === "delivered" || kind === "duplicate") return { ...verdict, to: "done" };
  if (kind === "hold" || kind === "gone") return { ...verdict, to: "held" };
  if (kind === "rejected") return { ...verdict, to: "dead" };
  // While the circuit is open no attempt counts, so that no claim is given up for an outage. It waits for its
  // turn as the probe.
  const waitMs = ctx.insurers.probeWaitMs(insurerCode);
  if (waitMs !== null) return { ...verdict, to: "postpone", afterMs: waitMs };
  const afterMs = nextAttempt({ attempts, slowDown, retryAfterS, random: Math.random() });
  return afterMs === null ? { ...verdict, to: "dead" } : { ...verdict, to: "retry", afterMs };
}

/**
 * Nothing is posted: the insurer's version has no words for it. Once the insurer reads 2.0 it is sent again
 * by hand.
 */
const needsVersion2 = (unsayable: readonly string[]): DeliveryVerdict => ({
  ...NOTHING_SENT,
  to: "held",
  code: NEEDS_VERSION_2,
  head: unsayable.join(" "),
});

/** A correction of a claim has its number and one revision more. */
interface Sent {
  ref: string;
  revision: number;
  /** RFC 3339, whole seconds */
  submittedAt: string;
}

const isDelivered = ({ events }: Accident, { ref, revision }: Sent): boolean =>
  events.some(({ type, data }) => type === "claim-delivered" && data.ref === ref && (data.revision ?? 1) === revision);

function delivered(
  ctx: Context,
  accident: Accident,
  { sent, insurerClaimNo }: { sent: Sent; insurerClaimNo: string | null },
): Change | null {
  if (isDelivered(accident, sent)) return null;
  const { ref, revision } = sent;
  const before = accident.claims.find((claim) => claim.ref === ref);
  const after = before && {
    ...before,
    insurerClaimNo: before.insurerClaimNo ?? insurerClaimNo,
    // it was on its way when the driver withdrew
    ...(before.stoppedAt && { stoppedAt: null }),
  };
  const claims = accident.claims.map((claim) => (claim === before && after ? after : claim));
  const data = { ref, ...(revision > 1 && { revision }) };
  const event: NewEvent = { type: "claim-delivered", by: "system", data };
  const outbox = before && after ? numberNotices(ctx, accident, before, after) : [];
  return { accident: { ...accident, claims }, events: [event], outbox };
}

/**
 * The drivers are told once to call, however late the claim is, and however often it is sent again and given
 * up again.
 */
function givenUp(ctx: Context, accident: Accident, { ref, code }: { ref: string; code: string }): Change | null {
  const claim = accident.claims.find((candidate) => candidate.ref === ref);
  if (!claim) return null;
  const told = hasClaimEvent(accident, ref, "claim-undeliverable", "claim-delayed");
  return {
    accident,
    events: [{ type: "claim-undeliverable", by: "system", data: { ref, code } }],
    outbox: told ? [] : untakenNotices(ctx, accident, claim, "claim-call-insurer"),
  };
}

/** The insurer's version has no words for a correction: its driver is told, once for each, to hand it in. */
function notCorrected(ctx: Context, accident: Accident, { ref, revision }: Sent): Change | null {
  const claim = accident.claims.find((candidate) => candidate.ref === ref);
  const isTold = accident.events.some(
    ({ type, data }) => type === "claim-delayed" && data.ref === ref && data.revision === revision,
  );
  if (!claim || isTold) return null;
  return {
    accident,
    events: [{ type: "claim-delayed", by: "system", data: { ref, revision } }],
    outbox: [callInsurer(ctx, accident, claim.party, "claim-not-corrected")],
  };
}

/** The body is ours: it was built by domain/claim and sealed since. */
function nameOf(body: string): Sent {
  const { claimRef: ref, revision, submittedAt } = (JSON.parse(body) as Pick<ClaimMessage, "data">).data;
  return { ref, revision, submittedAt };
}
