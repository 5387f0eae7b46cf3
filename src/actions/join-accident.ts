import type { Context } from "../context.ts";
import type { Accident, NewEvent, Person } from "../domain/accident.ts";
import { BRAKES } from "../domain/brakes.ts";
import { BEFORE_THE_FIRST_DATUM, consentEvents } from "../domain/consent.ts";
import { declarationEvent, type EligibilityAnswer, endOf, reasonsOf } from "../domain/eligibility.ts";
import { closedIfEmpty } from "../domain/empty-case.ts";
import { isFree } from "../domain/invitation.ts";
import { type InvitedView, maskPlate } from "../domain/invited-view.ts";
import { notice } from "../domain/notice.ts";
import { newParty, requireRunning } from "../domain/party.ts";
import { Conflict, Invalid } from "../errors.ts";

export interface JoinAccident {
  person: Person;
  /** where the invitation led to, and by which way */
  invited: Pick<InvitedView, "accidentId" | "code" | "by">;
  /** typed by who comes by digits: driver A is asked about it */
  plate?: string | undefined;
  textVersion: string;
  answer: EligibilityAnswer;
}

/**
 * Lets driver B join by a single-use invitation, with the same declarations as A; they may end the case. Who
 * comes by digits waits for A's yes, and gives way to a scan of the QR code.
 */
export async function joinAccident(ctx: Context, input: JoinAccident): Promise<Accident> {
  const { person, invited, textVersion, answer } = input;
  const at = ctx.clock.now();
  const end = endOf(answer, ctx.config.rules.conditions);
  if (invited.by === "digits") await requireFewComings(ctx, input, at);
  await ctx.people.admit(person);
  const joined = await ctx.accidents.change(invited.accidentId, (accident) => {
    const { A, B } = accident.parties;
    if (B?.identity.personId === person.id && (!B.newcomer || invited.by === "digits")) return null;
    requireJoinable(accident, input);
    const party = newParty(person, textVersion, at);
    const events: NewEvent[] = [
      { type: "party-joined", by: "B", data: { by: invited.by } },
      ...consentEvents("B", BEFORE_THE_FIRST_DATUM, textVersion),
      declarationEvent("B", end, answer),
    ];
    if (invited.by === "digits") {
      if (end) throw new Conflict("wrong-step");
      const newcomer = { ...party, newcomer: { plate: input.plate ?? "" } };
      const asking = { ...accident, parties: { A, B: newcomer } };
      return {
        accident: asking,
        events,
        outbox: [notice(asking, "A", "other-asks", { plate: maskPlate(input.plate) ?? "" })],
      };
    }
    return {
      accident: {
        ...accident,
        parties: { A, B: party },
        invitation: accident.invitation && { ...accident.invitation, usedAt: at },
        ended: end && { code: end, reasons: reasonsOf(answer), by: "B", at },
      },
      events,
      outbox: [
        notice(accident, "A", end ? "ended" : "other-joined", end ? { end } : {}),
        ...(B && B.identity.personId !== person.id ? [notice(accident, "B", "removed")] : []),
      ],
    };
  });
  // who comes by digits keeps their own until driver A says yes
  const own = invited.by === "scan" ? await ctx.accidents.findOpenedBy(person.id) : null;
  if (own) await ctx.accidents.change(own, (accident) => closedIfEmpty(accident, at));
  return joined;
}

/**
 * Throws Invalid "too-many-tries" (429) for somebody who joins, leaves and joins again: driver A is asked
 * each time.
 */
async function requireFewComings(ctx: Context, { person, invited }: JoinAccident, at: Date): Promise<void> {
  const { accidentId } = invited;
  const accident = await ctx.accidents.get(accidentId);
  // a second tap
  if (accident.parties.B?.identity.personId === person.id) return;
  if (!(await ctx.tries.slide(`newcoming/${accidentId}/${person.id}`, BRAKES.newcomings, at)))
    throw new Invalid("too-many-tries", { field: "plate" }, 429);
}

/** Throws Conflict with the reason where this invitation no longer leads into the case. */
function requireJoinable(accident: Accident, { invited }: JoinAccident): void {
  requireRunning(accident);
  const isTaken = invited.by === "scan" ? !isFree(accident) : accident.parties.B !== null;
  if (isTaken || accident.invitation?.usedAt) throw new Conflict("invitation-used");
  // The invitation was withdrawn while the page was open: driver A removed somebody, which voids the code.
  if (accident.invitation?.code !== invited.code) throw new Conflict("invitation-expired");
}
