import Joi from "joi";
import { giveStatement } from "../actions/give-statement.ts";
import { IMPACT_POINTS, type ImpactPoint, type Statement } from "../domain/accident.ts";
import { contradict, findAct, NO_ACT } from "../domain/liability.ts";
import { Invalid } from "../errors.ts";
import { note } from "../http/fields.ts";
import type { WordKey } from "../render.ts";
import { actTiles } from "./acts.ts";
import type { StepPage } from "./page.ts";
import { requirePrintable } from "./refusals.ts";

/** Whose fault it was: asked first, so that only the drawings of that car have to be looked through. */
const WHOSE = ["mine", "theirs", "both", "unsure"] as const;
type Whose = (typeof WHOSE)[number];

interface Body {
  /** left out by who names both acts */
  whose?: Whose;
  ownAct: string;
  otherAct: string;
  impact: ImpactPoint;
  note: string;
}

const act = (field: "ownAct" | "otherAct") =>
  Joi.string()
    .pattern(/^[A-Za-z0-9-]{1,20}$/)
    .messages({ "*": `h5.statement.error.${field}` satisfies WordKey });

/** An act that the page does not ask for is none, even if a drawing was chosen before. */
const actUnless = (field: "ownAct" | "otherAct", whose: Whose) =>
  Joi.when("whose", {
    switch: [
      // biome-ignore lint/suspicious/noThenProperty: the word of joi
      { is: whose, then: Joi.any().empty(Joi.any()).default(NO_ACT) },
      // biome-ignore lint/suspicious/noThenProperty: the word of joi
      { is: Joi.valid("mine", "theirs", "both").required(), then: act(field).required() },
    ],
    otherwise: act(field),
  });

/** Missing is an error unless an act is named. */
const whose = Joi.valid(...WHOSE.filter((answer) => answer !== "unsure"))
  .default((parent: Partial<Body>) => {
    if (parent.ownAct === undefined && parent.otherAct === undefined) throw new Error("whose");
  })
  .messages({
    "*": "h5.statement.error.whose" satisfies WordKey,
    "any.only": "h5.statement.error.unsure" satisfies WordKey,
  });

const body = Joi.object<Body>({
  whose,
  ownAct: actUnless("ownAct", "theirs"),
  otherAct: actUnless("otherAct", "mine"),
  impact: Joi.valid(...IMPACT_POINTS)
    .required()
    .messages({ "*": "h5.statement.error.impact" satisfies WordKey }),
  note: note.default("").messages({ "string.max": "h5.statement.error.note" satisfies WordKey }),
});

/** What was chosen before, for the form. */
function prefillOf(before: Statement | null): object {
  if (!before) return {};
  const isOwn = before.ownAct !== NO_ACT;
  const isOther = before.otherAct !== NO_ACT;
  return { ...before, whose: isOwn && isOther ? "both" : isOwn ? "mine" : isOther ? "theirs" : "unsure" };
}

/** Page 6: what I did, what the other did, where my car was hit. */
export const statementPage: StepPage<Body> = {
  template: "h5/statement.njk",
  body,
  show: ({ ctx, view }) => ({
    tiles: actTiles(ctx.config),
    impacts: IMPACT_POINTS,
    whose: WHOSE,
    prefill: prefillOf(view.me.statement),
    changing: view.me.statement !== null,
  }),
  submit: async ({ ctx, party, body: { whose: _, ...statement } }) => {
    for (const field of ["ownAct", "otherAct"] as const) {
      if (!findAct(ctx.config.rules.catalogue, statement[field]))
        throw new Invalid(`h5.statement.error.${field}` satisfies WordKey, { field });
    }
    if (contradict(ctx.config.rules.catalogue, statement.ownAct, statement.otherAct))
      throw new Invalid("h5.statement.error.contradiction" satisfies WordKey, { field: "otherAct" });
    await requirePrintable(ctx, { field: "note", text: statement.note });
    await giveStatement(ctx, { ...party, statement });
  },
};
