import type { Context } from "../context.ts";
import type { Accident, Person } from "../domain/accident.ts";
import { requireRunning } from "../domain/party.ts";
import { Invalid } from "../errors.ts";

const DIGIT_TRIES_PER_PERSON = 5;
const DIGIT_TRIES_PER_CASE = 20;
const DIGIT_TRIES_WINDOW_MS = 15 * 60_000;

/**
 * Finds the accident behind an invitation that still lives: by the code of the QR, or by the six digits (5 tries for each
 * person in 15 minutes, 20 for each case). Throws Invalid "invitation-…" with the reason otherwise, Conflict when the case is over.
 */
export async function findInvited(ctx: Context, { person, code }: { person: Person; code: string }): Promise<Accident> {
  const at = ctx.clock.now();
  const digits = /^\d{6}$/.test(code);
  if (digits) await countTry(ctx, `join/${person.id}`, { limit: DIGIT_TRIES_PER_PERSON, at });
  const accident = await ctx.accidents.findByInvitation(code);
  const invitation = accident?.invitation;
  if (!accident || !invitation) throw new Invalid("invitation-unknown", { field: "code" });
  if (digits) await countTry(ctx, `join-case/${accident.id}`, { limit: DIGIT_TRIES_PER_CASE, at });
  if (accident.parties.B?.identity.personId === person.id) return accident;
  if (accident.parties.A.identity.personId === person.id) throw new Invalid("invitation-own", { field: "code" });
  if (invitation.usedAt) throw new Invalid("invitation-used", { field: "code" });
  const expiresAt = digits ? invitation.digitsExpireAt : invitation.expiresAt;
  if (expiresAt <= at) throw new Invalid("invitation-expired", { field: "code" });
  return requireRunning(accident);
}

async function countTry(ctx: Context, key: string, { limit, at }: { limit: number; at: Date }): Promise<void> {
  const windowEnd = (Math.floor(at.getTime() / DIGIT_TRIES_WINDOW_MS) + 1) * DIGIT_TRIES_WINDOW_MS;
  if (!(await ctx.tries.count(key, limit, windowEnd))) throw new Invalid("too-many-tries", { field: "code" }, 429);
}
