import type { Context } from "../context.ts";
import { type Accident, type Change, type Letter, type NewEvent, otherOf, type Signature } from "../domain/accident.ts";
import { contentDigest } from "../domain/agreement.ts";
import { BRAKES } from "../domain/brakes.ts";
import { consentEvents } from "../domain/consent.ts";
import { withoutOpenDispute } from "../domain/dispute.ts";
import { mayBeSigned } from "../domain/journey.ts";
import { notice } from "../domain/notice.ts";
import { requireParty, withParty } from "../domain/party.ts";
import { Conflict, Invalid } from "../errors.ts";

export interface SignAgreement {
  accidentId: string;
  letter: Letter;
  /** digest of the content that was on the screen */
  contentDigest: string;
  /** data URL of the drawn PNG */
  signature: string;
  /** version of the text by which the driver agreed to sign electronically (E-signature Law art. 3, 13) */
  electronic?: string;
  /** separate consent (PIPL art. 23) to forward the claim to the two named insurers */
  forwarding: boolean;
}

/**
 * Signs for one driver what was on the screen; the second signature concludes the agreement. Throws Conflict
 * "text-changed" when the content has changed since.
 */
export async function signAgreement(ctx: Context, input: SignAgreement): Promise<Accident> {
  const { accidentId, letter, electronic, forwarding } = input;
  const before = await ctx.accidents.get(accidentId);
  requireSignable(ctx, before, input);
  const { personId } = requireParty(before, letter).identity;
  if (!(await ctx.tries.slide(`sign/${personId}`, BRAKES.signatures, ctx.clock.now())))
    throw new Invalid("too-many-requests", { retryAfterS: 60 }, 429);
  const image = await ctx.photos.signatureImage(input.signature, personId);
  const imageSha256 = await ctx.blobs.save(before, image, "signature");
  return ctx.accidents.change(accidentId, (accident) => {
    requireSignable(ctx, accident, input);
    const signature: Signature = {
      contentDigest: input.contentDigest,
      imageSha256,
      ...(electronic !== undefined && { electronic }),
      forwarding,
      signedAt: ctx.clock.now(),
    };
    const signed = withParty(accident, letter, { signature, voided: null });
    const events: NewEvent[] = [
      ...(electronic === undefined ? [] : consentEvents(letter, ["electronic"], electronic)),
      ...(forwarding && electronic !== undefined ? consentEvents(letter, ["forwarding"], electronic) : []),
      {
        type: "agreement-signed",
        by: letter,
        data: { content: input.contentDigest, image: imageDigest(ctx, accident, imageSha256), forwarding },
      },
    ];
    return signed.parties[otherOf(letter)]?.signature
      ? conclude(signed, events, signature)
      : firstSignature(signed, letter, events);
  });
}

function requireSignable(ctx: Context, accident: Accident, { letter, contentDigest: shown }: SignAgreement): void {
  if (requireParty(accident, letter).signature) throw new Conflict("already-signed");
  if (!mayBeSigned(accident, letter, ctx.config.rules.catalogue)) throw new Conflict("wrong-step");
  if (contentDigest(ctx, accident) !== shown) throw new Conflict("text-changed");
}

const imageDigest = (ctx: Context, accident: Accident, sha256: string) => ctx.vault.digest(accident.key, sha256);

const firstSignature = (accident: Accident, letter: Letter, events: NewEvent[]): Change => ({
  accident,
  events,
  outbox: [notice(accident, otherOf(letter), "other-signed")],
});

function conclude(accident: Accident, events: NewEvent[], { contentDigest: content, signedAt }: Signature): Change {
  return {
    accident: withoutOpenDispute({ ...accident, concludedAt: signedAt }),
    events: [...events, { type: "agreement-concluded", by: "system", data: { number: accident.number, content } }],
    outbox: [{ kind: "document", target: accident.id, body: JSON.stringify({ accidentId: accident.id }) }],
  };
}
