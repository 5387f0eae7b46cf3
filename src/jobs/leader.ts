import type { Context } from "../context.ts";

/** Whether this process does the rounds that one process does for all: sweeping, expiring, repairing. */
export interface Leader {
  /** Asks the database at most every 20 s, however many rounds ask. */
  leads(): Promise<boolean>;
  /** Lets another process lead at once. */
  resign(): Promise<void>;
}

export const ASK_MS = 20_000;
/** Two rounds of the holder's may fail before another takes it. */
const LEASE_MS = 60_000;
const NAME = "rounds";

/** A leader that is stopped past its lease meets its successor: every round may be done twice. */
export function createLeader(ctx: Pick<Context, "leases" | "clock" | "randomId">): Leader {
  const holder = ctx.randomId();
  let asked: { at: number; leads: Promise<boolean> } | null = null;
  return {
    leads() {
      const at = ctx.clock.now().getTime();
      if (asked && Math.abs(at - asked.at) < ASK_MS) return asked.leads;
      const leads = ctx.leases.take(NAME, holder, LEASE_MS);
      asked = { at, leads };
      leads.catch(() => {
        asked = null;
      });
      return leads;
    },
    async resign() {
      const leads = await asked?.leads.catch(() => false);
      asked = null;
      if (leads) await ctx.leases.give(NAME, holder);
    },
  };
}
