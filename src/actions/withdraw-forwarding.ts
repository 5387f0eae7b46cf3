import type { Context } from "../context.ts";
import { type Accident, LETTERS, type Letter } from "../domain/accident.ts";
import { adviceFor } from "../domain/claim-advice.ts";
import { type ClaimContent, claimContentOf } from "../domain/claim-content.ts";
import { conclusionNotice } from "../domain/claim-notice.ts";
import { stopClaims } from "../domain/claim-stop.ts";
import { allowsForwarding } from "../domain/forwarding.ts";
import { withParty } from "../domain/party.ts";

/**
 * Withdraws a driver's consent to forward to the insurers (PIPL art. 15): the own claim is not sent any more
 * unless its insurer has it, the other driver's goes without this driver's data, and whoever now has to
 * report without us is told. A second time changes nothing.
 */
export function withdrawForwarding(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    if (!allowsForwarding(accident, letter)) return null;
    const at = ctx.clock.now();
    const { claims, events } = stopClaims(accident, letter, at);
    const after = { ...withoutForwarding(accident, letter, at), claims };
    const content = claimContentOf(after, ctx.config.rules.catalogue);
    return { accident: after, events, outbox: content ? newsFor(ctx, accident, { after, content }) : [] };
  });
}

/** The consent stands in the signature, and in each receipt of a letter. */
function withoutForwarding(accident: Accident, letter: Letter, at: Date): Accident {
  const { dispute } = accident;
  const signature = accident.parties[letter]?.signature;
  const signed = signature
    ? withParty(accident, letter, { signature: { ...signature, forwardingWithdrawnAt: at } })
    : accident;
  const determinations = (dispute?.determinations ?? []).map((one) => {
    const receipt = one.receipts[letter];
    return receipt
      ? { ...one, receipts: { ...one.receipts, [letter]: { ...receipt, forwardingWithdrawnAt: at } } }
      : one;
  });
  return dispute && determinations.length > 0 ? { ...signed, dispute: { ...dispute, determinations } } : signed;
}

/** What comes next, for each driver for whom it has changed. */
function newsFor(ctx: Context, before: Accident, { after, content }: { after: Accident; content: ClaimContent }) {
  const isReported = (accident: Accident, letter: Letter) => adviceFor(accident, content, letter).isReported;
  return LETTERS.filter((letter) => isReported(before, letter) !== isReported(after, letter)).map((letter) =>
    conclusionNotice(ctx, after, content, letter),
  );
}
