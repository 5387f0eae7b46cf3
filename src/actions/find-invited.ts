import type { Context } from "../context.ts";
import type { Accident, Person } from "../domain/accident.ts";
import { BRAKES } from "../domain/brakes.ts";
import { requireRunning } from "../domain/party.ts";
import { Invalid } from "../errors.ts";

/**
 * Finds the accident behind an invitation that still lives: by the code of the QR, or by the six digits,
 * whose tries have their brakes (for each person, each case, and wrong ones over all). Throws Invalid
 * "invitation-…" with the reason otherwise, Invalid "too-many-tries" (429), Conflict when the case is over.
 */
export async function findInvited(ctx: Context, { person, code }: { person: Person; code: string }): Promise<Accident> {
  const at = ctx.clock.now();
  const digits = /^\d{6}$/.test(code);
  if (digits && !(await mayTry(ctx, person, at))) throw tooManyTries();
  const accident = await ctx.accidents.findByInvitation(code);
  const invitation = accident?.invitation;
  if (!accident || !invitation) {
    if (digits) await ctx.tries.slide(WRONG, BRAKES.wrongDigits, at);
    throw new Invalid("invitation-unknown", { field: "code" });
  }
  if (digits && !(await ctx.tries.slide(`join-case/${accident.id}`, BRAKES.digitsOfCase, at))) throw tooManyTries();
  if (accident.parties.B?.identity.personId === person.id) return accident;
  if (accident.parties.A.identity.personId === person.id) throw new Invalid("invitation-own", { field: "code" });
  if (invitation.usedAt) throw new Invalid("invitation-used", { field: "code" });
  const expiresAt = digits ? invitation.digitsExpireAt : invitation.expiresAt;
  if (expiresAt <= at) throw new Invalid("invitation-expired", { field: "code" });
  return requireRunning(accident);
}

const WRONG = "join-wrong";

async function mayTry(ctx: Context, person: Person, at: Date): Promise<boolean> {
  if (!(await ctx.tries.slide(`join/${person.id}`, BRAKES.digits, at))) return false;
  return ctx.tries.hasRoom(WRONG, BRAKES.wrongDigits, at);
}

const tooManyTries = () => new Invalid("too-many-tries", { field: "code" }, 429);
