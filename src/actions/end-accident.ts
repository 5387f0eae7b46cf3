import type { Context } from "../context.ts";
import { type Accident, type Change, type EndCode, type Letter, otherOf } from "../domain/accident.ts";
import { withoutOpenDispute } from "../domain/dispute.ts";
import { notice } from "../domain/notice.ts";
import { requireRunning } from "../domain/party.ts";

export interface EndAccident {
  accidentId: string;
  letter: Letter;
  code: EndCode;
  reasons?: string[];
}

/**
 * Ends self-settlement at a driver's word: injured, the other left, no agreement, withdrawn … Records are
 * kept and both drivers are told. Who still waits for driver A's yes ends nothing and only leaves.
 */
export function endAccident(ctx: Context, { accidentId, letter, code, reasons = [] }: EndAccident): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    if (accident.ended) return null;
    requireRunning(accident);
    if (accident.parties[letter]?.newcomer) return left(accident);
    const other = otherOf(letter);
    return {
      accident: withoutOpenDispute({ ...accident, ended: { code, reasons, by: letter, at: ctx.clock.now() } }),
      events: [{ type: "ended", by: letter, data: { code, reasons } }],
      outbox: accident.parties[other] ? [notice(accident, other, "ended", { end: code })] : [],
    };
  });
}

const left = (accident: Accident): Change => ({
  accident: { ...accident, parties: { ...accident.parties, B: null } },
  events: [{ type: "party-left", by: "B", data: {} }],
  outbox: [notice(accident, "A", "newcomer-left")],
});
