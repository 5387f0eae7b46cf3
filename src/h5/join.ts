import Joi from "joi";
import type Koa from "koa";
import { findInvited } from "../actions/find-invited.ts";
import { joinAccident } from "../actions/join-accident.ts";
import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { NOTICE_VERSION } from "../domain/consent.ts";
import { ticketOf } from "../domain/invitation.ts";
import { type InvitedView, invitedViewOf, sceneThumb } from "../domain/invited-view.ts";
import { Conflict, Invalid, NotFound } from "../errors.ts";
import { plate as plateField } from "../http/fields.ts";
import { seeOther } from "../http/see-other.ts";
import { personOf } from "../http/session.ts";
import type { WordKey } from "../render.ts";
import { hasTicked, requireTicks } from "./consents.ts";
import { answerOf, type Declaration, declaration, endFor, endUrl, exceptionsOf, isKnown, NONE } from "./declaration.ts";
import type { PlainForm } from "./form.ts";
import { pageUrl } from "./page.ts";
import { letterOf, standsAt } from "./paths.ts";
import { renderPage } from "./render.ts";
import { yearTimeText } from "./times.ts";

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

/** What an invited driver may see, and the number of the case of their own that joining withdraws. */
export type Invited = InvitedView & { own: string | null };

/** The empty case that a driver has begun, as both often do: joining the other's withdraws it. */
async function ownCase(ctx: Context, person: Person): Promise<string | null> {
  const own = await ctx.accidents.findOpenedBy(person.id);
  return own && own.parties.B === null ? own.number : null;
}

/**
 * Reads the case behind the code as an invited driver may see it. Null: the request is answered (a refusal, a
 * driver who is a party already, digits redirected to a ticket that spends no further try).
 */
export async function openInvitation(ctx: Context, koa: Koa.Context, code: string): Promise<Invited | null> {
  const person = personOf(koa);
  try {
    const accident = await findInvited(ctx, { person, code });
    const by = code === accident.invitation?.code ? "scan" : "digits";
    const letter = letterOf(accident, person);
    const invited = invitedViewOf(accident, by);
    // a newcomer who scans the code after all needs no yes any more
    const isParty = letter !== null && !(by === "scan" && accident.parties[letter]?.newcomer);
    if (isParty) seeOther(koa, standsAt(ctx, accident, letter));
    else if (/^\d{6}$/.test(code)) seeOther(koa, `/h5/join/${ticketOf(ctx.vault, accident, person.id)}`);
    else return invited && { ...invited, own: await ownCase(ctx, person) };
  } catch (error) {
    if (!(error instanceof Invalid || error instanceof Conflict)) throw error;
    // a case that is over is told as an expired invitation
    const reason = error instanceof Conflict ? "invitation-expired" : error.code;
    const digits = DIGITS.test(code) ? code : "";
    refuseInvitation(ctx, koa, { status: error.status === 422 ? 410 : error.status, reason, digits });
  }
  return null;
}

/** Says why an invitation leads nowhere, and what to do. */
export function refuseInvitation(
  ctx: Context,
  koa: Koa.Context,
  { status, ...why }: { status: number; reason: string; digits: string },
): void {
  koa.status = status;
  renderPage(ctx, koa, "h5/join-refused.njk", why);
}

type JoinBody = Declaration & { plate?: string };

/** Who comes by digits says by which plate the other driver will know them. */
const withPlate = (declaration as Joi.ObjectSchema<JoinBody>).keys({
  plate: plateField.required().messages({ "any.required": "h5.errors.plate", "string.empty": "h5.errors.plate" }),
});

/** Sends the small picture of both cars to who scanned a living code; six digits open none. */
export async function sendInvitedScene(ctx: Context, koa: Koa.Context): Promise<void> {
  const code = String(koa.params["code"]);
  if (/^\d{6}$/.test(code)) throw new NotFound();
  const accident = await findInvited(ctx, { person: personOf(koa), code });
  const thumb = accident.invitation?.code === code ? sceneThumb(accident) : null;
  if (!thumb) throw new NotFound();
  koa.type = "image/jpeg";
  koa.set("Content-Security-Policy", "default-src 'none'; sandbox");
  koa.body = await ctx.blobs.read(accident, thumb);
}

/** Page 1b: the second driver sees where and when, reads the same notice and declares the same. */
export function joinForm(ctx: Context, koa: Koa.Context, invited: Invited): PlainForm<JoinBody> {
  const person = personOf(koa);
  const { plate, address, occurredAt, openedAt, hasScene, code, own } = invited;
  const isByDigits = invited.by === "digits";
  return {
    template: "h5/join.njk",
    body: isByDigits ? withPlate : declaration,
    show: () => ({
      exceptions: exceptionsOf(ctx),
      noneOfThese: NONE,
      operator: ctx.config.operator,
      isByDigits,
      own,
      plate,
      address,
      hasScene,
      code,
      isStated: occurredAt !== null,
      since: yearTimeText(occurredAt ?? openedAt, person.language),
      operatorPhone: ctx.config.operatorPhone,
    }),
    async submit(given) {
      if (!isKnown(ctx, given)) throw new Invalid("h5.start.error.condition" satisfies WordKey, { field: "condition" });
      const end = endFor(ctx, given);
      if (end && (isByDigits || !hasTicked(given))) return endUrl(end, given);
      requireTicks(given);
      const joined = await joinAccident(ctx, {
        person,
        invited,
        textVersion: NOTICE_VERSION,
        answer: answerOf(given),
        plate: given.plate,
      });
      const letter = letterOf(joined, person);
      return letter ? standsAt(ctx, joined, letter) : pageUrl(joined.id);
    },
  };
}
