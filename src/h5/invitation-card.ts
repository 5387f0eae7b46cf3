import { makeInvitation } from "../actions/make-invitation.ts";
import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import { needsInvitation } from "../domain/invitation.ts";
import { within } from "../timer.ts";
import type { PageRequest } from "./page.ts";
import { timeText } from "./times.ts";

/** Longest wait for the platform's QR code before a posted form is answered. */
const WAIT_MS = 2_000;

/**
 * Makes the invitation while a form is answered, so that the next page can show it without changing anything.
 * A failure is only logged: the page has a button, and the next form tries again.
 */
export async function prepareInvitation(ctx: Context, accident: Accident): Promise<void> {
  if (!needsInvitation(accident, ctx.clock.now())) return;
  const made = makeInvitation(ctx, { accidentId: accident.id, letter: "A" }).catch((error: { code?: string }) =>
    ctx.log.warn({ accidentId: accident.id, code: error.code }, "invitation.not-made"),
  );
  await within(made, { timer: ctx.timer, ms: WAIT_MS }, () => {});
}

/**
 * Codes for the other driver to scan or type, for templates/h5/invitation.njk; null without anybody to
 * invite.
 */
export function invitationCard({ ctx, view, person }: PageRequest): object | null {
  if (!view.mayInvite) return null;
  const { invitation } = view;
  if (!invitation) return { isMade: false, isAlive: false };
  const now = ctx.clock.now();
  return {
    isMade: true,
    isAlive: invitation.expiresAt > now,
    digits: invitation.digitsExpireAt > now ? `${invitation.digits.slice(0, 3)} ${invitation.digits.slice(3)}` : null,
    until: timeText(invitation.expiresAt, now, person.language),
    digitsUntil: timeText(invitation.digitsExpireAt, now, person.language),
    // the shorter of the two lives; an open page then gets new ones
    renewInMs: Math.max(0, Math.min(+invitation.expiresAt, +invitation.digitsExpireAt) - +now),
    // part of the picture's address, so that a new code is not shown from the browser's cache
    version: invitation.expiresAt.getTime(),
  };
}
