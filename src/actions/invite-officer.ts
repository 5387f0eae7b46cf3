import type { Context } from "../context.ts";
import { findDistrict } from "../domain/district.ts";
import { INVITATION_MS, isDemoNumber, type Officer } from "../domain/officer.ts";
import { Invalid } from "../errors.ts";

/** Who is invited, and who invites from where; `by` null: the operator, by a command. */
export interface Invitation extends Pick<Officer, "number" | "name" | "role" | "district"> {
  by: string | null;
  address: string;
}

/**
 * Makes an account whose owner sets password and second factor through a link that is good once and for a
 * day. Throws Conflict "officer-exists" where the number has a living account, Invalid "unknown-district" for
 * a code that the city does not have, "demo-number" for the simulator's outside of it.
 */
export async function inviteOfficer(
  ctx: Context,
  { by, address, ...officer }: Invitation,
): Promise<{ officer: Officer; url: string; until: Date }> {
  const { districts } = ctx.config.rules;
  if (officer.district !== null && !findDistrict(districts, officer.district))
    throw new Invalid("unknown-district", { field: "district" });
  if (isDemoNumber(officer.number) && !ctx.config.simulator) throw new Invalid("demo-number", { field: "number" });
  const token = ctx.randomId(24);
  const until = new Date(ctx.clock.now().getTime() + INVITATION_MS);
  const who = { address, officerId: by ?? "operator", accidentId: null, reason: null };
  await ctx.accessLog.add({ ...who, act: "invited-officer" });
  const invited = await ctx.officers.invite({ ...officer, token, until, secret: ctx.credentials.newSecret() });
  await ctx.officerSessions.endAllOf(invited.id);
  return { officer: invited, url: `${ctx.config.publicUrl}/police/accounts/set-up/${token}`, until };
}
