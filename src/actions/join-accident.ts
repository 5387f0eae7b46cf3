import type { Context } from "../context.ts";
import type { Accident, Person } from "../domain/accident.ts";
import { type EligibilityAnswer, endOf } from "../domain/eligibility.ts";
import { Conflict, Invalid } from "../errors.ts";
import { notice } from "./notice.ts";
import { clearedOrEnded, newParty } from "./open-accident.ts";
import { requireRunning } from "./require.ts";

export interface JoinAccident {
  person: Person;
  code: string;
  textVersion: string;
  answer: EligibilityAnswer;
}

const DIGIT_TRIES_PER_PERSON = 5;
const DIGIT_TRIES_PER_CASE = 20;
const DIGIT_TRIES_WINDOW_MS = 15 * 60_000;

/** The accident behind an invitation that still lives: by the code of the QR, or by the six digits (5 tries for each person in 15 minutes, 20 for each case). Invalid "invitation" with a reason otherwise. */
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

/** Driver B joins by a single-use invitation and makes the same declarations as A; what he declares may end the case. */
export async function joinAccident(
  ctx: Context,
  { person, code, textVersion, answer }: JoinAccident,
): Promise<Accident> {
  const invited = await findInvited(ctx, { person, code });
  const at = ctx.clock.now();
  const end = endOf(answer, ctx.config.rules.conditions);
  const joined = await ctx.accidents.change(invited.id, (accident) => {
    if (accident.parties.B?.identity.personId === person.id) return null;
    requireRunning(accident);
    if (accident.parties.B || accident.invitation?.usedAt) throw new Conflict("invitation-used");
    // Taken back while he read the page: the first driver took somebody out, and his code went with him.
    if (accident.invitation?.code !== invited.invitation?.code) throw new Conflict("invitation-expired");
    return {
      accident: {
        ...accident,
        parties: { ...accident.parties, B: newParty(person, textVersion, at) },
        invitation: accident.invitation && { ...accident.invitation, usedAt: at },
        ended: end && { code: end, reasons: answer.conditions, by: "B", at },
      },
      events: [
        { type: "party-joined", by: "B", data: {} },
        { type: "consent-given", by: "B", data: { textVersion } },
        clearedOrEnded("B", end, answer),
      ],
      outbox: [notice(accident, "A", end ? "ended" : "other-joined", end ? { end } : {})],
    };
  });
  await closeOwn(ctx, person, at);
  return joined;
}

/** At the roadside both often open a case before one scans the other's code: the one that he leaves empty ends, silently. */
async function closeOwn(ctx: Context, person: Person, at: Date): Promise<void> {
  const own = await ctx.accidents.findOpenedBy(person.id);
  if (!own) return;
  await ctx.accidents.change(own, (accident) => {
    if (accident.parties.B || accident.ended || accident.concludedAt) return null;
    return {
      accident: { ...accident, ended: { code: "withdrawn", reasons: [], by: "A", at } },
      events: [{ type: "ended", by: "A", data: { code: "withdrawn", reasons: [] } }],
    };
  });
}
