import type { Context } from "../context.ts";
import type { Accident, Person } from "../domain/accident.ts";
import { BRAKES, WRONG_DIGITS } from "../domain/brakes.ts";
import { accidentOfTicket, ticketOf } from "../domain/invitation.ts";
import { requireRunning } from "../domain/party.ts";
import { Invalid } from "../errors.ts";

/**
 * Finds the accident behind an invitation that still lives: by the code of the QR, or by the six digits,
 * whose tries have their brakes (for each person, each case, and wrong ones over all). Throws Invalid
 * "invitation-…" with the reason otherwise, "too-many-tries" or "digits-off" (429), Conflict when the case is
 * over.
 */
export async function findInvited(ctx: Context, { person, code }: { person: Person; code: string }): Promise<Accident> {
  const at = ctx.clock.now();
  const digits = /^\d{6}$/.test(code);
  if (digits) await requireTry(ctx, person, at);
  const accident = await accidentOf(ctx, { person, code });
  const invitation = accident?.invitation;
  if (!accident || !invitation) {
    if (digits) await ctx.tries.slide(WRONG_DIGITS, BRAKES.wrongDigits, at);
    // a scanned code that leads nowhere has been renewed; digits may be mistyped
    throw new Invalid(digits ? "invitation-unknown" : "invitation-expired", { field: "code" });
  }
  if (digits && !(await ctx.tries.slide(`join-case/${accident.id}`, BRAKES.digitsOfCase, at))) throw tooManyTries();
  if (accident.parties.B?.identity.personId === person.id) return accident;
  if (accident.parties.A.identity.personId === person.id) throw new Invalid("invitation-own", { field: "code" });
  if (invitation.usedAt) throw new Invalid("invitation-used", { field: "code" });
  const expiresAt = digits ? invitation.digitsExpireAt : invitation.expiresAt;
  if (expiresAt <= at) throw new Invalid("invitation-expired", { field: "code" });
  return requireRunning(accident);
}

async function requireTry(ctx: Context, person: Person, at: Date): Promise<void> {
  if (!(await ctx.tries.hasRoom(WRONG_DIGITS, BRAKES.wrongDigits, at)))
    throw new Invalid("digits-off", { field: "code" }, 429);
  if (!(await ctx.tries.slide(`join/${person.id}`, BRAKES.digits, at))) throw tooManyTries();
}

/** By the code of the QR, the six digits, or the ticket of somebody who typed right ones. */
async function accidentOf(
  { accidents, vault }: Context,
  { person, code }: { person: Person; code: string },
): Promise<Accident | null> {
  const ticketed = accidentOfTicket(code);
  if (ticketed === null) return accidents.findByInvitation(code);
  const accident = await accidents.find(ticketed);
  if (!accident?.invitation) return null;
  // compared by their digests: how much of a guess is right does not show in the time
  const [given, right] = [code, ticketOf(vault, accident, person.id)].map((text) => vault.digest(accident.key, text));
  return given === right ? accident : null;
}

const tooManyTries = () => new Invalid("too-many-tries", { field: "code" }, 429);
