import type { Context } from "../context.ts";
import type { Accident, Invitation, Letter } from "../domain/accident.ts";
import { Conflict } from "../errors.ts";
import { requireRunning } from "./require.ts";

export const INVITATION_MINUTES = 30;
export const DIGITS_MINUTES = 15;

/** A new invitation for driver B: an unguessable scene for the QR and six digits for who cannot scan. One that still lives is kept. */
export async function makeInvitation(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  if (letter !== "A") throw new Conflict("wrong-step");
  const acts = inHand.get(ctx.config) ?? new Map<string, Promise<Accident>>();
  inHand.set(ctx.config, acts);
  const act = acts.get(accidentId) ?? make(ctx, accidentId).finally(() => acts.delete(accidentId));
  acts.set(accidentId, act);
  return act;
}

/** Two looks at the page at once wait for the same code: the platform is asked for one. Two processes may each ask: one is kept, the other runs out unseen. */
const inHand = new WeakMap<object, Map<string, Promise<Accident>>>();

async function make(ctx: Context, accidentId: string): Promise<Accident> {
  const current = requireRunning(await ctx.accidents.get(accidentId));
  if (current.parties.B) throw new Conflict("wrong-step");
  const at = ctx.clock.now();
  const living = current.invitation && current.invitation.expiresAt > at ? current.invitation : null;
  if (isWhole(living, at)) return current;
  // The QR that is on his screen stays good; the digits, which are easier to guess, live shorter and are made anew.
  const code = living?.code ?? ctx.randomId(16);
  const qrUrl = living ? living.qrUrl : await qrUrlOf(ctx, code);
  const digits = await freeDigits(ctx);
  return ctx.accidents.change(accidentId, (accident) => {
    requireRunning(accident);
    // Two pages opened at once: the code that one of them already shows must stay good.
    if (accident.parties.B || isWhole(accident.invitation, at)) return null;
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
      events: [{ type: "invitation-made", by: "A", data: { minutes: INVITATION_MINUTES } }],
    };
  });
}

/** Both the QR and the digits are still good. */
const isWhole = (invitation: Invitation | null, at: Date): boolean =>
  invitation !== null && invitation.expiresAt > at && invitation.digitsExpireAt > at;

const after = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000);

/** Six digits that lead to no other accident. */
async function freeDigits(ctx: Context): Promise<string> {
  for (;;) {
    const digits = sixDigits(ctx);
    if (!(await ctx.accidents.findByInvitation(digits))) return digits;
  }
}

const sixDigits = (ctx: Context) =>
  String(Number.parseInt(Buffer.from(ctx.randomId(6), "base64url").toString("hex"), 16) % 1_000_000).padStart(6, "0");

/** The platform's QR makes him a follower on the way; where the platform does not answer, our own join page serves as the QR. */
async function qrUrlOf(ctx: Context, code: string): Promise<string | null> {
  try {
    const qr = await ctx.wechat.createQr({ scene: sceneOf(code), expireSeconds: INVITATION_MINUTES * 60 });
    return qr.url;
  } catch (error) {
    ctx.log.warn({ code: (error as { code?: string }).code }, "no scene QR from the platform");
    return null;
  }
}

const SCENE_PREFIX = "join_";
export const sceneOf = (code: string): string => `${SCENE_PREFIX}${code}`;
/** The invitation code in a scanned scene, or null: the scene is not an invitation. */
export const codeOfScene = (scene: string): string | null =>
  scene.startsWith(SCENE_PREFIX) ? scene.slice(SCENE_PREFIX.length) : null;
