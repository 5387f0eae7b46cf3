import { findInvited } from "../actions/find-invited.ts";
import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { codeOfScene, ticketOf } from "../domain/invitation.ts";
import { Conflict, Invalid } from "../errors.ts";
import { beginAt, nextThing, standing, standingOf } from "./next-thing.ts";

/**
 * Answers somebody who followed, scanned a code or typed digits: leads to the join page, or says what is
 * wrong with the invitation and what to do.
 */
export async function invited(ctx: Context, person: Person, given: string | undefined): Promise<string> {
  const t = ctx.render.words(person.language);
  const code = given && (digitsOf(given) ?? codeOfScene(given) ?? codeOfLink(ctx, given));
  if (!code) return welcome(ctx, person);
  try {
    const accident = await findInvited(ctx, { person, code });
    const mine = standing(ctx, accident, person);
    if (mine) return t("chat.invitation.joined", { next: nextThing(ctx, person, mine) });
    const way = /^\d{6}$/.test(code) ? ticketOf(ctx.vault, accident, person.id) : accident.invitation?.code;
    return t("chat.welcome.invited", { url: beginAt(ctx, person, `join/${way}`) });
  } catch (error) {
    // The case has ended, which the holder of the code sees as an expired invitation.
    const reason = error instanceof Conflict ? "invitation-expired" : error instanceof Invalid ? error.code : "";
    if (!isReason(reason)) throw error;
    return t(`chat.invitation.${reason}`, { next: nextThing(ctx, person, await standingOf(ctx, person)) });
  }
}

const REASONS = [
  "invitation-unknown",
  "invitation-own",
  "invitation-used",
  "invitation-expired",
  "too-many-tries",
  "digits-off",
] as const;
const isReason = (code: string): code is (typeof REASONS)[number] => REASONS.some((reason) => reason === code);

/** Greets a driver; one with a running case is led to its next step. */
async function welcome(ctx: Context, person: Person): Promise<string> {
  const t = ctx.render.words(person.language);
  const current = await standingOf(ctx, person);
  if (!current || current.short.ended) return t("chat.welcome.plain", { url: beginAt(ctx, person, "start") });
  return t("chat.welcome.back", { next: nextThing(ctx, person, current) });
}

/** Reads six digits however they were typed: "１２３ ４５６", "123-456". */
export function digitsOf(words: string): string | null {
  const digits = words
    .normalize("NFKC")
    .trim()
    .replace(/^(\d{3})[\s-](\d{3})$/, "$1$2");
  return /^\d{6}$/.test(digits) ? digits : null;
}

/** Reads the invitation code from the address of our own join page. */
export function codeOfLink(ctx: Context, link: string): string | null {
  const start = `${ctx.config.publicUrl}/h5/join/`;
  const code = link.startsWith(start) ? link.slice(start.length) : "";
  return /^[\w-]{6,64}$/.test(code) ? code : null;
}
