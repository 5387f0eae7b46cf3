import Joi from "joi";
import { admitParty } from "../actions/admit-party.ts";
import { removeParty } from "../actions/remove-party.ts";
import { Conflict } from "../errors.ts";
import type { WordKey } from "../render.ts";
import type { PageRequest, StepPage } from "./page.ts";
import { minutesBetween, timeText } from "./times.ts";

interface AdmitBody {
  answer: "yes" | "no";
  /** when the newcomer joined whom the page showed, in milliseconds */
  askedAt: number;
}

/** Asks driver A whether the one who joined by digits is the other driver, by the plate they typed. */
export const admitPage: StepPage<AdmitBody> = {
  template: "h5/admit.njk",
  body: Joi.object<AdmitBody>({
    answer: Joi.valid("yes", "no")
      .required()
      .messages({ "*": "h5.errors.choice" satisfies WordKey }),
    askedAt: Joi.number().integer().required(),
  }),
  show({ ctx, view, person }) {
    const { newcomer } = view;
    if (!newcomer) return { plate: "", since: "", askedAt: "" };
    const since = timeText(newcomer.since, ctx.clock.now(), person.language);
    return { plate: newcomer.plate, since, askedAt: newcomer.since.getTime() };
  },
  async submit({ ctx, view, party, body: { answer, askedAt } }) {
    if (answer === "yes") return void (await admitParty(ctx, { ...party, askedAt }));
    if (view.newcomer?.since.getTime() !== askedAt) throw new Conflict("wrong-step");
    await removeParty(ctx, party);
  },
};

/** Tells who joined by digits who decides and since when they wait; they see nothing of the case. */
export const admissionPage: StepPage = {
  template: "h5/admission.njk",
  show({ ctx, view, person }: PageRequest) {
    const now = ctx.clock.now();
    const since = view.me.joinedAt ?? now;
    return { since: timeText(since, now, person.language), minutes: minutesBetween(since, now) };
  },
};
