import type { Context } from "../context.ts";
import type { Accident, Change, Letter, Party } from "../domain/accident.ts";
import { disputeRules } from "../domain/dispute-rules.ts";
import { mayRemoveOther } from "../domain/journey.ts";
import { notice } from "../domain/notice.ts";
import { settleDispute } from "../domain/settled-dispute.ts";
import { Conflict } from "../errors.ts";

/**
 * Removes, at driver A's request, somebody who joined by mistake, until one of them has signed; a new
 * invitation can follow. Their pictures go, too: they would pass for those of the next driver B.
 */
export function removeParty(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    const { A, B } = accident.parties;
    if (!mayRemoveOther(accident, letter)) throw new Conflict("wrong-step");
    if (!B) return null;
    const change: Change = {
      accident: {
        ...accident,
        // what A signed names the removed driver
        parties: { A: { ...A, voided: null }, B: null },
        photos: accident.photos.filter(({ by }) => by !== "B"),
        invitation: null,
      },
      // so that the removed person, and nobody else, can be told
      events: [{ type: "party-removed", by: "A", data: { person: digestOf(ctx, accident, B) } }],
      outbox: [notice(accident, "B", "removed")],
    };
    const settled = settleDispute(change, disputeRules(ctx, accident));
    // what was said to the police and by them would pass for the next driver's
    return { ...settled, accident: { ...settled.accident, dispute: null } };
  });
}

const digestOf = ({ vault }: Context, accident: Accident, { identity }: Party): string =>
  vault.digest(accident.key, identity.personId);
