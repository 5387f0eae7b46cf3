import type { Context } from "../context.ts";

/**
 * Lifts a legal hold; the case's time counts from this event on. Returns false where none stands. Throws
 * NotFound.
 */
export async function liftHold(ctx: Context, { id }: { id: string }): Promise<boolean> {
  const { result } = await ctx.accidents.decide(id, (accident) =>
    accident.hold
      ? {
          change: {
            accident: { ...accident, hold: null },
            events: [{ type: "hold-lifted", by: "system", data: { reason: accident.hold.reason } }],
          },
          result: true,
        }
      : { change: null, result: false },
  );
  if (result) ctx.log.warn({ accidentId: id }, "hold.lifted");
  return result;
}
