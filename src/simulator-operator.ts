import { resendDelivery } from "./actions/resend-delivery.ts";
import type { Context } from "./context.ts";
import { listDemoOfficers } from "./demo-officers.ts";
import type { Operator } from "./simulator/operator.ts";

const UNDELIVERED = 100;

/** The app's own state for the simulator's desk. */
export const operatorOf = (ctx: Context): Operator => ({
  circuits: ctx.insurers.openCircuits,
  officers: () => listDemoOfficers(ctx),
  async waiting() {
    const { guidance, application } = await ctx.disputes.counts();
    return guidance + application;
  },
  resend: (id) => resendDelivery(ctx, { id }),
  async undelivered() {
    const found = await ctx.deliveries.listUndelivered(UNDELIVERED, ["pending", "inflight", "held", "dead"]);
    const claims = found.filter(({ kind, attempts, state }) => kind === "claim" && (attempts > 0 || state === "held"));
    return Promise.all(
      claims.map(async ({ _id: id, target: insurer, accidentId, dueAt = null, ...rest }) => {
        const number = (await ctx.accidents.find(accidentId).catch(() => null))?.number ?? "";
        const { state, attempts, createdAt, log } = rest;
        return { id, insurer, number, state, attempts, createdAt, dueAt, log };
      }),
    );
  },
});
