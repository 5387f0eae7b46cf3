import type { Context } from "../context.ts";
import type { Accident, Change, Claim, ClaimStatus, NewEvent } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";
import { claimNews, numberNotices } from "../domain/claim-notice.ts";
import {
  type IncomingStatus,
  isAhead,
  isLate,
  isOfSameTime,
  judgeNews,
  type StatusVerdict,
} from "../domain/claim-status.ts";
import { Conflict, Invalid, NotFound } from "../errors.ts";

export interface RecordClaimStatus {
  ref: string;
  insurerCode: string;
  /** the insurer's id of this message, for idempotency */
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

/** Result of a message that was accepted. */
export interface Recorded {
  /** its id was seen before */
  duplicate: boolean;
  /** it is older than the current status: stored, not applied */
  stale: boolean;
  /** it repeats the current status */
  unchanged: boolean;
  /** it has the time of the last one that was applied, so the order of arrival decides */
  sameTime: boolean;
}

const SEEN_LIMIT = 100;
/** Statuses that are told again even when unchanged: another payment, another paper to bring. */
const REPEATED: readonly ClaimStatus[] = ["paid", "need_more"];

/**
 * Records an insurer's report about one of its claims: applied and told to the driver, or stored as stale.
 * Throws NotFound for another insurer's claim, Invalid for a time more than a day ahead and (429) beyond 200
 * messages a day, Conflict "claim-status-held" for an impossible step.
 */
export async function recordClaimStatus(ctx: Context, input: RecordClaimStatus): Promise<Recorded> {
  const found = await ctx.accidents.findByClaim(input.ref);
  const known = found && claimOf(found, input);
  if (!known) throw new NotFound("claim-unknown");
  const incoming = incomingOf(input);
  if (isAhead(incoming.occurredAt, ctx.clock.now())) throw new Invalid("time-ahead", { fields: ["occurredAt"] });
  if (!known.seenIds.includes(input.webhookId)) await countNews(ctx, input);
  const { result } = await ctx.accidents.decide(found.id, (accident) => {
    const claim = claimOf(accident, input) as Claim;
    const news = newsOf(ctx, accident, { claim, input, incoming });
    return { change: news.duplicate ? null : changed(ctx, accident, { claim, input, incoming, news }), result: news };
  });
  const { verdict, duplicate, isRepeated, sameTime } = result;
  if (verdict === "held") {
    if (!duplicate && !isRepeated)
      ctx.log.error(
        { claimRef: input.ref, insurer: input.insurerCode, status: input.status.status },
        "claim.status-held",
      );
    throw new Conflict("claim-status-held");
  }
  if (verdict === "applied" && !duplicate && !isRepeated)
    ctx.metrics.claimStatus(input.insurerCode, input.status.status);
  return {
    duplicate,
    stale: verdict === "stale" && !duplicate,
    unchanged: isRepeated && verdict === "applied",
    sameTime,
  };
}

const claimOf = (accident: Accident, { ref, insurerCode }: RecordClaimStatus): Claim | undefined =>
  accident.claims.find((claim) => claim.ref === ref && claim.insurerCode === insurerCode);

const NEWS_A_DAY = 200;
const DAY_MS = 24 * 3600_000;
const SHANGHAI_MS = 8 * 3600_000;

/** Counted per day in Shanghai. */
async function countNews({ tries, clock }: Context, { ref }: RecordClaimStatus): Promise<void> {
  const now = clock.now().getTime();
  const endOfDay = (Math.floor((now + SHANGHAI_MS) / DAY_MS) + 1) * DAY_MS - SHANGHAI_MS;
  if (await tries.count(`claim-news ${ref}`, NEWS_A_DAY, endOfDay)) return;
  throw new Invalid("too-many-news", { retryAfterS: Math.ceil((endOfDay - now) / 1000) }, 429);
}

const incomingOf = ({ status: { status, sequence, occurredAt } }: RecordClaimStatus): IncomingStatus => ({
  status,
  sequence: sequence ?? null,
  occurredAt: occurredAt === undefined ? null : new Date(occurredAt),
});

interface News {
  verdict: StatusVerdict;
  duplicate: boolean;
  isRepeated: boolean;
  sameTime: boolean;
  digest?: string;
}

interface Message {
  claim: Claim;
  input: RecordClaimStatus;
  incoming: IncomingStatus;
}

function newsOf(ctx: Context, accident: Accident, { claim, input, incoming }: Message): News {
  // a message that was held gets the same answer again, and does not succeed by coming twice
  if (claim.seenIds.includes(input.webhookId))
    return {
      verdict: wasHeld(accident, input) ? "held" : "applied",
      duplicate: true,
      isRepeated: false,
      sameTime: false,
    };
  const { sequence: _, occurredAt: __, ...said } = input.status;
  const digest = ctx.vault.digest(accident.key, serialise(said));
  return {
    ...judgeNews(claim, incoming, digest),
    digest,
    duplicate: false,
    sameTime: isOfSameTime(claim, incoming),
  };
}

const wasHeld = (accident: Accident, { webhookId }: RecordClaimStatus): boolean =>
  accident.events.some(({ type, data }) => type === "claim-status-held" && data.message === webhookId);

type Decision = Message & { news: News };

function changed(ctx: Context, accident: Accident, decision: Decision): Change | null {
  const { claim, input, news } = decision;
  const { verdict, isRepeated, digest } = news;
  const moved = verdict === "applied" ? applied(ctx, claim, input) : claim;
  const next: Claim = isRepeated
    ? atItsPlace(claim, moved, decision.incoming)
    : remembered(moved, { id: input.webhookId, verdict, digest });
  if (next === claim) return null;
  const claims = accident.claims.map((other) => (other.ref === claim.ref ? next : other));
  if (isRepeated) return { accident: { ...accident, claims }, events: [] };
  const isTold = verdict === "applied" && (next.status !== claim.status || REPEATED.includes(next.status));
  return {
    accident: { ...accident, claims },
    events: [eventOf(input, news)],
    outbox: [
      ...(isTold ? [claimNews(ctx, accident, next, detailsOf(input))] : []),
      ...numberNotices(ctx, accident, claim, next),
    ],
  };
}

/**
 * Updates only the position in the insurer's order, so that messages overtaken by the repetition stay stale.
 */
function atItsPlace(claim: Claim, { sequence, statusAt }: Claim, incoming: IncomingStatus): Claim {
  const isThere = sequence === claim.sequence && statusAt.getTime() === claim.statusAt.getTime();
  return isThere || isLate(claim, incoming) ? claim : { ...claim, sequence, statusAt };
}

function remembered(claim: Claim, news: { id: string; verdict: StatusVerdict; digest: string | undefined }): Claim {
  return {
    ...claim,
    seenIds: [...claim.seenIds, news.id].slice(-SEEN_LIMIT),
    lastNews: { ...claim.lastNews, [news.verdict]: news.digest },
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
    // it had arrived before the driver withdrew
    ...(claim.stoppedAt && { stoppedAt: null }),
  };
}

/** Codes and numbers only: reasons, names and phones stay out of the record. */
function eventOf(
  { ref, insurerCode, webhookId, status }: RecordClaimStatus,
  { verdict, sameTime }: Pick<News, "verdict" | "sameTime">,
): NewEvent {
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
      ...(sameTime && { sameTime }),
      ...status.amounts,
    },
  };
}

function detailsOf({ status: { surveyor, reason, amounts } }: RecordClaimStatus) {
  const amountFen = amounts?.paidFen ?? amounts?.approvedFen ?? amounts?.assessedFen;
  return { reason: reason?.text, amountFen, surveyor: surveyor?.name, phone: surveyor?.phone };
}
