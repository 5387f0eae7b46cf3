import Joi from "joi";
import { confirmMoved } from "../actions/confirm-moved.ts";
import { makeInvitation } from "../actions/make-invitation.ts";
import { recordPlace } from "../actions/record-place.ts";
import { WEATHERS, type Weather } from "../domain/accident.ts";
import { line } from "../http/fields.ts";
import type { WordKey } from "../render.ts";
import { endContent } from "./ends.ts";
import type { PageRequest, StepPage } from "./page.ts";
import { timeText } from "./settle/times.ts";

/** What the other driver scans or types. Made when it is first looked at: nobody has to ask for it. */
async function shownInvitation({ ctx, accident, letter, view, person }: PageRequest): Promise<object> {
  if (letter !== "A" || view.other.joined) return { invitation: null };
  const invitation = accident.invitation ?? (await makeInvitation(ctx, { accidentId: accident.id, letter })).invitation;
  if (!invitation) return { invitation: null };
  const now = ctx.clock.now();
  return {
    invitation: {
      alive: invitation.expiresAt > now,
      digits: invitation.digitsExpireAt > now ? `${invitation.digits.slice(0, 3)} ${invitation.digits.slice(3)}` : null,
      until: timeText(invitation.expiresAt, now, person.language),
      digitsUntil: timeText(invitation.digitsExpireAt, now, person.language),
      // A new code is another picture: the address changes with it, so that none is shown from memory.
      version: invitation.expiresAt.getTime(),
    },
  };
}

/** Page 3: the evidence is safe, the cars may leave the carriageway (Order 146 art. 19). */
export const movePage: StepPage = {
  step: "move",
  template: "h5/move.njk",
  show: shownInvitation,
  submit: ({ ctx, accident, letter }) => confirmMoved(ctx, { accidentId: accident.id, letter }),
};

interface PlaceBody {
  address: string;
  weather: Weather;
}

/** Page 4: where and in which weather; A may correct it until the agreement is concluded. */
export const placePage: StepPage<PlaceBody> = {
  step: "place",
  alsoAt: ["details", "statement", "invite", "wait-details", "wait-statement", "difference", "sign"],
  template: "h5/place.njk",
  body: Joi.object<PlaceBody>({
    address: line(80)
      .required()
      .messages({
        "string.empty": "h5.place.error.address" satisfies WordKey,
        "any.required": "h5.place.error.address" satisfies WordKey,
      }),
    weather: Joi.valid(...WEATHERS)
      .required()
      .messages({ "*": "h5.place.error.weather" satisfies WordKey }),
  }),
  show: ({ view }) => ({ weathers: WEATHERS, position: view.scene.position }),
  submit: ({ ctx, accident, letter, body }) => recordPlace(ctx, { accidentId: accident.id, letter, ...body }),
};

/** Waiting for the other driver: the code again, since when, what meanwhile; or who joined and how to take him out. */
export const invitePage: StepPage = {
  step: "invite",
  alsoAt: ["place", "details", "statement"],
  template: "h5/invite.njk",
  show: async (request) => {
    const { ctx, view, person } = request;
    const joinedAt = view.other.joinedAt && timeText(view.other.joinedAt, ctx.clock.now(), person.language);
    return { ...(await shownInvitation(request)), joinedAt, waiting: view.step === "invite" };
  },
};

export const endedPage: StepPage = {
  step: "ended",
  template: "h5/ended.njk",
  show: ({ ctx, view, t, person }) => {
    const { code, reasons, by, at } = view.ended!;
    return {
      ...endContent(ctx, t, { code, reasons, at: view.movedAt ? "moved" : "standing" }),
      by: by && (by === view.letter ? "me" : "other"),
      at: timeText(at, ctx.clock.now(), person.language),
      stored: view.photos.filter(({ state }) => state === "stored").length,
    };
  },
};
