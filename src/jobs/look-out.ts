import type { Context } from "../context.ts";

/** Due deliveries that nobody takes (an insurer's circuit is open) are offered again after this. */
const OFFER_MS = 1_000;
/** What another process has left behind is seen within this time. */
export const LOOK_MS = 5_000;

export interface LookOut {
  /** Asks when the next delivery of any kind is due and wakes the lanes where one is. One command. */
  look(): Promise<void>;
  /** Milliseconds until the next look, by what the last one has seen. */
  pauseMs(): number;
}

/** One look for all lanes, so that none of them has to ask while nothing is due. */
export function createLookOut(ctx: Pick<Context, "deliveries" | "clock">, wakeLanes: () => void): LookOut {
  let pauseMs = LOOK_MS;
  return {
    async look() {
      pauseMs = LOOK_MS;
      const next = await ctx.deliveries.findNextDue();
      const inMs = next ? next.getTime() - ctx.clock.now().getTime() : LOOK_MS;
      if (inMs <= 0) wakeLanes();
      pauseMs = inMs <= 0 ? OFFER_MS : Math.min(inMs, LOOK_MS);
    },
    pauseMs: () => pauseMs,
  };
}
