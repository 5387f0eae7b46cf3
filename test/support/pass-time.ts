import type { Context } from "../../src/context.ts";
import { GAP_MS } from "../../src/domain/witnessed-time.ts";

interface Timed {
  ctx: Pick<Context, "witness">;
  clock: { advance(ms: number): void };
}

/**
 * Time goes by while the process runs and looks at it at least every `stepMs`; a single step ahead is a clock
 * that was set.
 */
export async function passTime({ ctx, clock }: Timed, ms: number, stepMs = GAP_MS / 2): Promise<void> {
  await ctx.witness.look();
  for (let left = ms; left > 0; left -= stepMs) {
    clock.advance(Math.min(stepMs, left));
    await ctx.witness.look();
  }
}
