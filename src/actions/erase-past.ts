import type { Context } from "../context.ts";

/** How long a settled case is kept: the limitation of an insurance claim is two years (Insurance Law art. 26), one more for what follows from it. The privacy notice says so. */
export const KEPT_YEARS = 3;

/** Erases what has had its time: accidents by forgetting their keys, people who have not been seen since. Returns how many. */
export async function erasePast(ctx: Context): Promise<number> {
  const before = new Date(ctx.clock.now());
  before.setUTCFullYear(before.getUTCFullYear() - KEPT_YEARS);
  const past = await ctx.retention.listPast(before, 100);
  for (const accidentId of past) {
    await ctx.retention.erase(accidentId);
    ctx.log.info({ accidentId }, "erased");
  }
  return past.length + (await ctx.retention.forgetUnseen(before));
}
