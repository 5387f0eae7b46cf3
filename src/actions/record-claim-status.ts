import type { Context } from "../context.ts";
import type { Accident, Change, Claim, ClaimStatus, NewEvent } from "../domain/accident.ts";
import { judgeStatus, type StatusVerdict } from "../domain/claim-status.ts";
import { Conflict, NotFound } from "../errors.ts";
import { claimNews } from "./claim-notice.ts";

export interface RecordClaimStatus {
  ref: string;
  insurerCode: string;
  /** the insurer's id of this message: once in, one effect */
  webhookId: string;
  status: {
    status: ClaimStatus;
    insurerClaimNo: string;
    sequence?: number;
    occurredAt?: string;
    reason?: { code?: string; text?: string };
    amounts?: Partial<Record<"assessedFen" | "approvedFen" | "paidFen" | "deductibleFen", number>>;
    surveyor?: { name?: string; phone?: string };
  };
}

const SEEN_LIMIT = 100;
/** said again even if the claim stays where it is: another payment, another paper to bring */
const REPEATED: readonly ClaimStatus[] = ["paid", "need_more"];

/** Takes what an insurer reports of his own claim: applied and told to the driver, kept as late, or held for a person (Conflict "claim-status-held"). NotFound for a claim that is not his. */
export async function recordClaimStatus(
  ctx: Context,
  input: RecordClaimStatus,
): Promise<{ duplicate: boolean; stale: boolean }> {
  const found = await ctx.accidents.findByClaim(input.ref);
  if (!found || !claimOf(found, input)) throw new NotFound("claim-unknown");
  let result: StatusVerdict | "duplicate" = "applied";
  await ctx.accidents.change(found.id, (accident) => {
    const claim = claimOf(accident, input) as Claim;
    const seen = claim.seenIds.includes(input.webhookId);
    result = seen ? verdictBefore(accident, input) : judgeStatus(claim, incoming(input));
    return seen ? null : changed(ctx, accident, { claim, input, verdict: result as StatusVerdict });
  });
  const verdict = result as StatusVerdict | "duplicate";
  if (verdict === "held") {
    ctx.log.error({ claim: input.ref, insurer: input.insurerCode, status: input.status.status }, "claim status held");
    throw new Conflict("claim-status-held");
  }
  return { duplicate: verdict === "duplicate", stale: verdict === "stale" };
}

const claimOf = (accident: Accident, { ref, insurerCode }: RecordClaimStatus): Claim | undefined =>
  accident.claims.find((claim) => claim.ref === ref && claim.insurerCode === insurerCode);

/** A message that was held is answered so again, and is not a success because it comes twice. */
function verdictBefore(accident: Accident, { webhookId }: RecordClaimStatus): "held" | "duplicate" {
  const held = accident.events.some(({ type, data }) => type === "claim-status-held" && data.message === webhookId);
  return held ? "held" : "duplicate";
}

const incoming = ({ status: { status, sequence, occurredAt } }: RecordClaimStatus) => ({
  status,
  sequence: sequence ?? null,
  occurredAt: occurredAt === undefined ? null : new Date(occurredAt),
});

interface Decision {
  claim: Claim;
  input: RecordClaimStatus;
  verdict: StatusVerdict;
}

function changed(ctx: Context, accident: Accident, { claim, input, verdict }: Decision): Change {
  const next: Claim = { ...(verdict === "applied" ? applied(ctx, claim, input) : claim) };
  next.seenIds = [...claim.seenIds, input.webhookId].slice(-SEEN_LIMIT);
  const claims = accident.claims.map((other) => (other.ref === claim.ref ? next : other));
  const news = verdict === "applied" && (next.status !== claim.status || REPEATED.includes(next.status));
  return {
    accident: { ...accident, claims },
    events: [eventOf(input, verdict)],
    outbox: news ? [claimNews(ctx, accident, next, newsOf(input))] : [],
  };
}

function applied(ctx: Context, claim: Claim, { status: said }: RecordClaimStatus): Claim {
  return {
    ...claim,
    status: said.status,
    statusAt: said.occurredAt === undefined ? ctx.clock.now() : new Date(said.occurredAt),
    insurerClaimNo: said.insurerClaimNo,
    assessedFen: said.amounts?.assessedFen ?? claim.assessedFen,
    paidFen: said.amounts?.paidFen ?? claim.paidFen,
    reason: said.reason?.text ?? said.reason?.code ?? null,
    sequence: said.sequence ?? claim.sequence,
  };
}

/** Codes and numbers only: reasons, names and phones stay out of the record. */
function eventOf({ ref, insurerCode, webhookId, status }: RecordClaimStatus, verdict: StatusVerdict): NewEvent {
  return {
    type: verdict === "held" ? "claim-status-held" : "claim-status-changed",
    by: `insurer:${insurerCode}`,
    data: {
      ref,
      message: webhookId,
      status: status.status,
      ...(status.sequence !== undefined && { sequence: status.sequence }),
      ...(status.occurredAt !== undefined && { occurredAt: status.occurredAt }),
      ...(verdict === "stale" && { stale: true }),
      ...status.amounts,
    },
  };
}

function newsOf({ status: { surveyor, reason, amounts } }: RecordClaimStatus) {
  const amountFen = amounts?.paidFen ?? amounts?.approvedFen ?? amounts?.assessedFen;
  return { reason: reason?.text, amountFen, surveyor: surveyor?.name, phone: surveyor?.phone };
}
