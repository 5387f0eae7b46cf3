import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { BRAKES } from "../domain/brakes.ts";
import { letterOf } from "../domain/dispute.ts";
import { actOnLetter } from "../domain/letter-acts.ts";
import { letterRules } from "../domain/letter-rules.ts";
import { Conflict, Invalid } from "../errors.ts";

export interface ReceiveLetter {
  accidentId: string;
  letter: Letter;
  /** number of the letter that was on the screen */
  number: string;
  /** data URL of the drawn PNG; null: the driver refuses to sign, which is noted (Order 146 art. 24) */
  signature: string | null;
  /** separate consent (PIPL art. 23) to forward the claim to the insurers */
  forwarding: boolean;
}

/**
 * Signs for one driver for the letter that was on the screen, or notes that this driver refuses to. Throws
 * Conflict "wrong-step" when another letter has taken its place.
 */
export async function receiveLetter(ctx: Context, input: ReceiveLetter): Promise<Accident> {
  const { accidentId, letter: by, forwarding, number } = input;
  const imageSha256 = input.signature === null ? null : await drawn(ctx, input, input.signature);
  const act =
    imageSha256 === null
      ? ({ type: "refuse-receipt", by, forwarding } as const)
      : ({ type: "receive", by, forwarding, imageSha256 } as const);
  return ctx.accidents.change(accidentId, (accident) => {
    if (letterOf(accident)?.number !== number) throw new Conflict("wrong-step");
    return actOnLetter(accident, act, letterRules(ctx, accident));
  });
}

/** Stores the drawing; nothing is drawn for a letter that was answered already. */
async function drawn(ctx: Context, { accidentId, letter, number }: ReceiveLetter, signature: string): Promise<string> {
  const before = await ctx.accidents.get(accidentId);
  const standing = letterOf(before);
  // the case no longer runs: a letter has decided it
  const personId = before.parties[letter]?.identity.personId;
  if (!personId || standing?.number !== number || !standing.served[letter] || standing.receipts[letter])
    throw new Conflict("wrong-step");
  if (!(await ctx.tries.slide(`sign/${personId}`, BRAKES.signatures, ctx.clock.now())))
    throw new Invalid("too-many-requests", { retryAfterS: 60 }, 429);
  const image = await ctx.photos.signatureImage(signature, personId);
  return ctx.blobs.save(before, image, "signature");
}
