import type { Context } from "../context.ts";
import { NotFound } from "../errors.ts";

/** Closes an account and ends its sessions; `by` null: the operator, by a command. Throws NotFound. */
export async function closeOfficer(
  ctx: Context,
  { id, by, address }: { id: string; by: string | null; address: string },
): Promise<void> {
  const who = { officerId: by ?? "operator", address, accidentId: null, reason: null };
  await ctx.accessLog.add({ ...who, act: "closed-account" });
  const isClosed = await ctx.officers.close(id);
  await ctx.officerSessions.endAllOf(id);
  if (!isClosed) throw new NotFound();
}
