import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import { LETTERS } from "../domain/accident.ts";
import { withoutOpenDispute } from "../domain/dispute.ts";
import { hasExpired, LIFETIME_HOURS } from "../domain/expiry.ts";
import { notice } from "../domain/notice.ts";
import { codeOf, Unreadable } from "../errors.ts";

const LIFETIME_MS = LIFETIME_HOURS * 3600_000;

/** Ends cases that no driver continues; both are told, the evidence is kept. Returns the number ended. */
export async function expireAccidents(ctx: Context): Promise<number> {
  const time = await ctx.witness.look();
  if (!time) return 0;
  const before = time.ago(LIFETIME_MS);
  const stale = await ctx.accidents.listStale(before, 100);
  let ended = 0;
  for (const id of stale) if (await expire(ctx, id, before)) ended++;
  return ended;
}

/** A case that cannot be decrypted (its key was forgotten) must not stop the others. */
async function expire(ctx: Context, id: string, before: Date): Promise<boolean> {
  const at = ctx.clock.now();
  try {
    const after = await ctx.accidents.change(id, (accident) =>
      hasExpired(accident, before) ? timedOut(accident, at) : null,
    );
    return after.ended !== null;
  } catch (error) {
    // It was logged when it was read.
    if (error instanceof Unreadable) return false;
    ctx.log.error({ accidentId: id, code: codeOf(error) }, "endings.case-not-ended");
    return false;
  }
}

const timedOut = (accident: Accident, at: Date) => ({
  accident: withoutOpenDispute({ ...accident, ended: { code: "timed-out" as const, reasons: [], by: null, at } }),
  events: [{ type: "ended" as const, by: "system" as const, data: { code: "timed-out", reasons: [] } }],
  outbox: LETTERS.filter((letter) => accident.parties[letter]).map((letter) =>
    notice(accident, letter, "ended", { end: "timed-out" }),
  ),
});
