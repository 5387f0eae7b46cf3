import type { Context } from "../context.ts";
import type { Accident, Change } from "../domain/accident.ts";
import { hasClaimEvent } from "../domain/claim-events.ts";
import { untakenNotices } from "../domain/claim-notice.ts";
import { AppError } from "../errors.ts";

type Delivery = Awaited<ReturnType<Context["deliveries"]["get"]>>;

/** A driver has 48 hours to report: after a day without the insurer's acceptance they are told to call. */
const LATE_MS = 24 * 3600_000;
const BATCH = 20;

/**
 * Reports once each claim that has been under way, held or waiting for a day: an error for the operator, and
 * a notice to the driver to call the insurer; delivery goes on. Returns their number.
 */
export async function tellLateClaims(ctx: Context): Promise<number> {
  const before = new Date(ctx.clock.now().getTime() - LATE_MS);
  const late = await ctx.deliveries.listLate("claim", before, BATCH);
  for (const delivery of late) {
    await tellLate(ctx, delivery);
    await ctx.deliveries.noteLateSaid(delivery._id);
  }
  return late.length;
}

async function tellLate(ctx: Context, { _id, accidentId, target, state, attempts, log }: Delivery): Promise<void> {
  const told = { deliveryId: _id, accidentId, insurer: target, state, attempts };
  ctx.log.error({ ...told, code: log.at(-1)?.code ?? "not-tried" }, "claim.late");
  try {
    await ctx.accidents.change(accidentId, (accident) => delayed(ctx, accident, target));
  } catch (error) {
    // erased or unreadable: nobody can be told
    if (!(error instanceof AppError)) throw error;
    ctx.log.error({ ...told, code: error.code }, "claim.driver-not-told");
  }
}

/** Of two claims at one insurer the second waits behind the first. */
function delayed(ctx: Context, accident: Accident, insurerCode: string): Change | null {
  const claims = accident.claims.filter(
    (claim) =>
      claim.insurerCode === insurerCode &&
      !claim.stoppedAt &&
      !hasClaimEvent(accident, claim.ref, "claim-delivered", "claim-delayed", "claim-undeliverable"),
  );
  if (claims.length === 0) return null;
  return {
    accident,
    events: claims.map(({ ref }) => ({ type: "claim-delayed", by: "system", data: { ref } })),
    outbox: claims.flatMap((claim) => untakenNotices(ctx, accident, claim, "claim-delayed")),
  };
}
