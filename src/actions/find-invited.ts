import type { Context } from "../context.ts";
import { type Accident, LETTERS, type Person } from "../domain/accident.ts";
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
  const accident = await accidentOf(ctx, { person, code });
  if (digits) await requireTry(ctx, { person, accident, at });
  const invitation = accident?.invitation;
  // a scanned code that leads nowhere has been renewed; digits may be mistyped
  if (!accident || !invitation)
    throw new Invalid(digits ? "invitation-unknown" : "invitation-expired", { field: "code" });
  if (accident.parties.B?.identity.personId === person.id) return accident;
  if (accident.parties.A.identity.personId === person.id) throw new Invalid("invitation-own", { field: "code" });
  if (invitation.usedAt) throw new Invalid("invitation-used", { field: "code" });
  const expiresAt = digits ? invitation.digitsExpireAt : invitation.expiresAt;
  if (expiresAt <= at) throw new Invalid("invitation-expired", { field: "code" });
  return requireRunning(accident);
}

interface Try {
  person: Person;
  accident: Accident | null;
  at: Date;
}

/**
 * Counts a try of six digits. Who is in the case, or has typed these digits rightly before, guesses nothing:
 * the same address opened once more is no further try.
 */
async function requireTry({ tries }: Context, { person, accident, at }: Try): Promise<void> {
  const isIn = LETTERS.some((letter) => accident?.parties[letter]?.identity.personId === person.id);
  const right = `join-right/${accident?.id}/${accident?.invitation?.digitsExpireAt.getTime()}/${person.id}`;
  if (isIn || (accident && !(await tries.hasRoom(right, BRAKES.rightDigits, at)))) return;
  if (!(await tries.hasRoom(WRONG_DIGITS, BRAKES.wrongDigits, at)))
    throw new Invalid("digits-off", { field: "code" }, 429);
  if (!(await tries.slide(`join/${person.id}`, BRAKES.digits, at))) throw tooManyTries();
  if (!accident) return void (await tries.slide(WRONG_DIGITS, BRAKES.wrongDigits, at));
  if (!(await tries.slide(`join-case/${accident.id}`, BRAKES.digitsOfCase, at))) throw tooManyTries();
  await tries.slide(right, BRAKES.rightDigits, at);
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
