import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { DIGITS_MINUTES, INVITATION_MINUTES, isFree, isWhole, mayInvite, sceneOf } from "../domain/invitation.ts";
import { requireRunning } from "../domain/party.ts";
import { Conflict, factsOf } from "../errors.ts";

/**
 * Makes an invitation for driver B: an unguessable scene for the QR, and six digits for a driver who cannot
 * scan. A valid one is kept.
 */
export async function makeInvitation(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  // Two processes may each ask the platform for a code: one is kept, the other expires unseen.
  return ctx.singleFlight(`invitation/${accidentId}`, () => make(ctx, accidentId, letter));
}

async function make(ctx: Context, accidentId: string, letter: Letter): Promise<Accident> {
  const current = await ctx.accidents.get(accidentId);
  if (!mayInvite(current, letter)) throw new Conflict("wrong-step");
  const at = ctx.clock.now();
  const living = current.invitation && current.invitation.expiresAt > at ? current.invitation : null;
  if (isWhole(living, at)) return current;
  // The QR on the screen stays valid; the digits, which are easier to guess, live shorter and are replaced.
  const code = living?.code ?? ctx.randomId(16);
  const qrUrl = living ? living.qrUrl : await qrUrlOf(ctx, code);
  const digits = await freeDigits(ctx);
  return ctx.accidents.change(accidentId, (accident) => {
    requireRunning(accident);
    // Two pages opened at once: the code that one of them already shows must stay valid.
    if (!isFree(accident) || isWhole(accident.invitation, at)) return null;
    const expiresAt = living?.expiresAt ?? after(at, INVITATION_MINUTES);
    const invitation = {
      code,
      digits,
      digitsExpireAt: after(at, DIGITS_MINUTES),
      qrUrl,
      expiresAt,
      usedAt: null,
    };
    return {
      accident: { ...accident, invitation },
      events: [{ type: "invitation-made", by: letter, data: { minutes: INVITATION_MINUTES } }],
    };
  });
}

const after = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000);

/** Returns six digits that lead to no other accident. */
async function freeDigits(ctx: Context): Promise<string> {
  for (;;) {
    const digits = sixDigits(ctx);
    if (!(await ctx.accidents.findByInvitation(digits))) return digits;
  }
}

const sixDigits = (ctx: Context) =>
  String(Number.parseInt(Buffer.from(ctx.randomId(6), "base64url").toString("hex"), 16) % 1_000_000).padStart(6, "0");

/**
 * The platform's QR makes the other driver a follower on the way; when the platform does not answer, the QR
 * holds our own join page.
 */
async function qrUrlOf(ctx: Context, code: string): Promise<string | null> {
  try {
    const qr = await ctx.wechat.createQr({ scene: sceneOf(code), expireSeconds: INVITATION_MINUTES * 60 });
    return qr.url;
  } catch (error) {
    ctx.log.warn({ code: factsOf(error).code }, "invitation.no-scene-code");
    return null;
  }
}
