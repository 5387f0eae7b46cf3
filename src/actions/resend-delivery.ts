import type { Context } from "../context.ts";

/**
 * Sends a delivery that was given up, held or waits for its next attempt again, under the same id: the
 * receiver applies it once. Returns false when it is done or being sent.
 */
export async function resendDelivery(
  ctx: Pick<Context, "accidents" | "deliveries" | "wake">,
  input: { id: string },
): Promise<boolean> {
  const delivery = await ctx.deliveries.get(input.id);
  const resent = await ctx.deliveries.resend(delivery._id);
  if (!resent) return false;
  if (delivery.kind === "claim") {
    const data = { delivery: delivery._id, insurer: delivery.target };
    await ctx.accidents.change(delivery.accidentId, (accident) => ({
      accident,
      events: [{ type: "claim-resent", by: "system", data }],
    }));
  }
  ctx.wake("deliveries");
  return true;
}
