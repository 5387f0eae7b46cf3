import type { Context } from "../context.ts";
import type { HoldReason } from "../domain/hold.ts";

/**
 * Puts a legal hold on a case: it neither ends by itself nor is erased, and its files stay, until the hold is
 * lifted. Returns false where one stands already. Throws NotFound.
 */
export async function holdCase(ctx: Context, { id, reason }: { id: string; reason: HoldReason }): Promise<boolean> {
  const { result } = await ctx.accidents.decide(id, (accident) =>
    accident.hold
      ? { change: null, result: false }
      : {
          change: {
            accident: { ...accident, hold: { reason, at: ctx.clock.now() } },
            events: [{ type: "hold-placed", by: "system", data: { reason } }],
          },
          result: true,
        },
  );
  if (result) ctx.log.warn({ accidentId: id, reason }, "hold.placed");
  return result;
}
