import type { Context } from "../context.ts";
import type { Accident, Person } from "../domain/accident.ts";
import { BEFORE_THE_FIRST_DATUM, consentEvents } from "../domain/consent.ts";
import { declarationEvent, type EligibilityAnswer, endOf, reasonsOf } from "../domain/eligibility.ts";
import type { InvitedView } from "../domain/invited-view.ts";
import { notice } from "../domain/notice.ts";
import { isOver, newParty, requireRunning } from "../domain/party.ts";
import { Conflict } from "../errors.ts";

export interface JoinAccident {
  person: Person;
  /** where the invitation led to */
  invited: Pick<InvitedView, "accidentId" | "code">;
  textVersion: string;
  answer: EligibilityAnswer;
}

/** Lets driver B join by a single-use invitation, with the same declarations as A; they may end the case. */
export async function joinAccident(
  ctx: Context,
  { person, invited, textVersion, answer }: JoinAccident,
): Promise<Accident> {
  const at = ctx.clock.now();
  const end = endOf(answer, ctx.config.rules.conditions);
  const joined = await ctx.accidents.change(invited.accidentId, (accident) => {
    if (accident.parties.B?.identity.personId === person.id) return null;
    requireRunning(accident);
    if (accident.parties.B || accident.invitation?.usedAt) throw new Conflict("invitation-used");
    // The invitation was withdrawn while the page was open: driver A removed somebody, which voids the code.
    if (accident.invitation?.code !== invited.code) throw new Conflict("invitation-expired");
    return {
      accident: {
        ...accident,
        parties: { ...accident.parties, B: newParty(person, textVersion, at) },
        invitation: accident.invitation && { ...accident.invitation, usedAt: at },
        ended: end && { code: end, reasons: reasonsOf(answer), by: "B", at },
      },
      events: [
        { type: "party-joined", by: "B", data: {} },
        ...consentEvents("B", BEFORE_THE_FIRST_DATUM, textVersion),
        declarationEvent("B", end, answer),
      ],
      outbox: [notice(accident, "A", end ? "ended" : "other-joined", end ? { end } : {})],
    };
  });
  await closeOwn(ctx, person, at);
  return joined;
}

/**
 * Ends the empty case of a driver who joins another: at the roadside both often open one before a code is
 * scanned. Nobody is told.
 */
async function closeOwn(ctx: Context, person: Person, at: Date): Promise<void> {
  const own = await ctx.accidents.findOpenedBy(person.id);
  if (!own) return;
  await ctx.accidents.change(own, (accident) => {
    if (accident.parties.B || isOver(accident)) return null;
    return {
      accident: { ...accident, ended: { code: "withdrawn", reasons: [], by: "A", at } },
      events: [{ type: "ended", by: "A", data: { code: "withdrawn", reasons: [] } }],
    };
  });
}
