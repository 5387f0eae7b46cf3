import Joi from "joi";
import { giveFeedback } from "../actions/give-feedback.ts";
import { Invalid } from "../errors.ts";
import { note } from "../http/fields.ts";
import type { WordKey } from "../render.ts";
import { type PartyPage, pageUrl } from "./page.ts";
import { timeText } from "./times.ts";

interface Body {
  rating?: number;
  complaint?: string;
}

const LONGEST = 500;

/** Rating and complaint once the case is over; both may be changed, the last one counts. */
export const feedbackPage: PartyPage<Body> = {
  path: "feedback",
  template: "h5/feedback.njk",
  openWith: ["done", "ended"],
  body: Joi.object<Body>({
    rating: Joi.number()
      .integer()
      .min(1)
      .max(5)
      .messages({ "*": "h5.feedback.error.rating" satisfies WordKey }),
    complaint: note.max(LONGEST),
  }),
  async show({ ctx, view, person }) {
    const given = await ctx.feedback.find(`${view.id}/${view.letter}`);
    return {
      longest: LONGEST,
      given: given && { ...given, time: timeText(given.at, ctx.clock.now(), person.language) },
      operatorPhone: ctx.config.operatorPhone,
    };
  },
  async submit({ ctx, party, body: { rating = null, complaint = "" } }) {
    if (rating === null && complaint === "")
      throw new Invalid("h5.feedback.error.nothing" satisfies WordKey, { field: "rating" });
    await giveFeedback(ctx, { ...party, rating, complaint });
    return pageUrl(party.accidentId, "feedback");
  },
};
