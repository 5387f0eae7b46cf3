import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { closedIfEmpty } from "../domain/empty-case.ts";
import { notice } from "../domain/notice.ts";
import { requireRunning } from "../domain/party.ts";
import { Conflict } from "../errors.ts";

export interface AdmitParty {
  accidentId: string;
  letter: Letter;
  /** when the newcomer joined about whom driver A was asked, in milliseconds */
  askedAt: number;
}

/**
 * Lets somebody who joined by digits into the case, at driver A's yes; their own empty case ends. Throws
 * Conflict "wrong-step" where somebody else waits by now, or nobody.
 */
export async function admitParty(ctx: Context, { accidentId, letter, askedAt }: AdmitParty): Promise<Accident> {
  const admitted = await ctx.accidents.change(accidentId, (accident) => {
    requireRunning(accident);
    const { B } = accident.parties;
    if (letter !== "A" || B?.joinedAt.getTime() !== askedAt) throw new Conflict("wrong-step");
    if (!B.newcomer) return null;
    const { newcomer: _, ...party } = B;
    const { invitation } = accident;
    const shared = {
      ...accident,
      parties: { ...accident.parties, B: party },
      invitation: invitation && { ...invitation, usedAt: ctx.clock.now() },
    };
    return {
      accident: shared,
      events: [{ type: "party-admitted", by: "A", data: {} }],
      outbox: [notice(shared, "B", "admitted")],
    };
  });
  const personId = admitted.parties.B?.identity.personId;
  const own = personId === undefined ? null : await ctx.accidents.findOpenedBy(personId);
  if (own) await ctx.accidents.change(own, (accident) => closedIfEmpty(accident, ctx.clock.now()));
  return admitted;
}
