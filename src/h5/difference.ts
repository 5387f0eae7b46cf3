import Joi from "joi";
import { endAccident } from "../actions/end-accident.ts";
import { findAct, type Liability } from "../domain/liability.ts";
import type { View } from "../domain/view.ts";
import { Invalid } from "../errors.ts";
import type { WordKey } from "../render.ts";
import type { PageRequest, StepPage } from "./page.ts";
import { seenEvidence } from "./seen-photos.ts";
import { type Button, isButton, mayAskPolice, press, waysOf } from "./ways.ts";

interface Body {
  act: "stop" | Button;
}

const body = Joi.object<Body>({
  act: Joi.string()
    .custom((act: string, helpers) => (act === "stop" || isButton(act) ? act : helpers.error("any.only")))
    .required()
    .messages({ "*": "h5.difference.error.act" satisfies WordKey }),
});

const reasonOf = (liability: Liability): string | null => (liability.kind === "not-here" ? liability.reason : null);

/** The acts of both as each stated them; a row differs when the rule says so. */
function rowsOf({ ctx, view }: Pick<PageRequest, "ctx" | "view">): object[] {
  const mine = view.me.statement;
  const theirs = view.otherStatement;
  if (!mine || !theirs) return [];
  const actOf = (id: string) => findAct(ctx.config.rules.catalogue, id);
  return [
    { label: "yourAct", mine: actOf(mine.ownAct), theirs: actOf(theirs.otherAct), differs: differsAbout(view, true) },
    { label: "otherAct", mine: actOf(mine.otherAct), theirs: actOf(theirs.ownAct), differs: differsAbout(view, false) },
  ];
}

function differsAbout({ liability, letter }: View, me: boolean): boolean {
  return liability.kind === "different" && liability.about.some((about) => (about === letter) === me);
}

/** What each driver says, side by side. */
const comparison = ({ ctx, view }: PageRequest): object => ({
  rows: rowsOf({ ctx, view }),
  reason: reasonOf(view.liability),
  shown: seenEvidence(view),
  notes: { mine: view.me.statement?.note, theirs: view.otherStatement?.note },
});

/**
 * Shows both statements side by side and the ways on: change one's own, guidance and a joint application
 * where there is a desk, or a recorded dispute. Also where both agree on what cannot be settled here.
 */
export const differencePage: StepPage<Body> = {
  template: "h5/difference.njk",
  body,
  show: async (request) => ({
    ...comparison(request),
    ways: await waysOf(request),
  }),
  submit: async ({ body: { act }, ...request }) => {
    const { ctx, party, view } = request;
    if (act !== "stop" && mayAskPolice(request)) return press(request, act);
    if (act !== "stop") throw new Invalid("h5.difference.error.act" satisfies WordKey, { field: "act" });
    const reason = reasonOf(view.liability);
    await endAccident(ctx, { ...party, code: "dispute", reasons: reason ? [reason] : [] });
  },
};
