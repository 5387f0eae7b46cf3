import Joi from "joi";
import type Koa from "koa";
import { findInvited } from "../actions/find-invited.ts";
import { joinAccident } from "../actions/join-accident.ts";
import type { Context } from "../context.ts";
import { NOTICE_VERSION } from "../domain/consent.ts";
import { type InvitedView, invitedViewOf } from "../domain/invited-view.ts";
import { Conflict, Invalid } from "../errors.ts";
import { personOf } from "../http/session.ts";
import type { WordKey } from "../render.ts";
import { hasTicked, requireTicks } from "./consents.ts";
import { answerOf, type Declaration, declaration, endFor, endUrl, exceptionsOf, isKnown, NONE } from "./declaration.ts";
import type { PlainForm } from "./form.ts";
import { pageUrl } from "./page.ts";
import { letterOf, seeOther, standsAt } from "./paths.ts";
import { renderPage } from "./render.ts";
import { timeText } from "./times.ts";

const DIGITS = /^\d{6}$/;

/** Digits that were typed before and may have one wrong, for the form. */
export const typedBefore = ({ query }: Koa.Context): { code?: string } =>
  typeof query["code"] === "string" && DIGITS.test(query["code"]) ? { code: query["code"] } : {};

/** The form for six digits that the other driver reads out, instead of the QR code. */
export function digitsForm(): PlainForm<{ code: string }> {
  const code = Joi.string()
    .trim()
    .replace(/\s/g, "")
    .pattern(DIGITS)
    .required()
    .messages({ "*": "h5.join.error.digits" satisfies WordKey });
  return {
    template: "h5/join-digits.njk",
    body: Joi.object<{ code: string }>({ code }),
    show: () => ({}),
    submit: async (body) => `/h5/join/${body.code}`,
  };
}

/**
 * Reads the case behind the code as an invited driver may see it. Null: the request is answered (a refusal, a
 * driver who is a party already, digits redirected to the code).
 */
export async function openInvitation(ctx: Context, koa: Koa.Context, code: string): Promise<InvitedView | null> {
  const person = personOf(koa);
  try {
    const accident = await findInvited(ctx, { person, code });
    const letter = letterOf(accident, person);
    const invited = invitedViewOf(accident);
    if (letter) seeOther(koa, standsAt(ctx, accident, letter));
    else if (invited && code !== invited.code) seeOther(koa, `/h5/join/${invited.code}`);
    else return invited;
  } catch (error) {
    if (!(error instanceof Invalid || error instanceof Conflict)) throw error;
    // a case that is over is told as an expired invitation
    const reason = error instanceof Conflict ? "invitation-expired" : error.code;
    koa.status = error.status === 422 ? 410 : error.status;
    renderPage(ctx, koa, "h5/join-refused.njk", { reason, digits: DIGITS.test(code) ? code : "" });
  }
  return null;
}

/** Page 1b: the second driver sees where and when, reads the same notice and declares the same. */
export function joinForm(ctx: Context, koa: Koa.Context, invited: InvitedView): PlainForm<Declaration> {
  const person = personOf(koa);
  const { plate, address, occurredAt } = invited;
  return {
    template: "h5/join.njk",
    body: declaration,
    show: () => ({
      exceptions: exceptionsOf(ctx),
      noneOfThese: NONE,
      operator: ctx.config.operator,
      plate,
      address,
      since: timeText(occurredAt, ctx.clock.now(), person.language),
    }),
    async submit(given) {
      if (!isKnown(ctx, given)) throw new Invalid("h5.start.error.condition" satisfies WordKey, { field: "condition" });
      const end = endFor(ctx, given);
      if (end && !hasTicked(given)) return endUrl(end, given);
      requireTicks(given);
      const joined = await joinAccident(ctx, {
        person,
        invited,
        textVersion: NOTICE_VERSION,
        answer: answerOf(given),
      });
      const letter = letterOf(joined, person);
      return letter ? standsAt(ctx, joined, letter) : pageUrl(joined.id);
    },
  };
}
