import Joi from "joi";
import { giveStatement } from "../../actions/give-statement.ts";
import { IMPACT_POINTS, type ImpactPoint } from "../../domain/accident.ts";
import { findAct } from "../../domain/liability.ts";
import { Invalid } from "../../errors.ts";
import { note } from "../../http/fields.ts";
import type { WordKey } from "../../render.ts";
import type { StepPage } from "../page.ts";
import { actTiles } from "./acts.ts";

interface Body {
  ownAct: string;
  otherAct: string;
  impact: ImpactPoint;
  note: string;
}

const act = (field: "ownAct" | "otherAct") =>
  Joi.string()
    .pattern(/^[A-Za-z0-9-]{1,20}$/)
    .required()
    .messages({ "*": `settle.statement.error.${field}` satisfies WordKey });

const body = Joi.object<Body>({
  ownAct: act("ownAct"),
  otherAct: act("otherAct"),
  impact: Joi.valid(...IMPACT_POINTS)
    .required()
    .messages({ "*": "settle.statement.error.impact" satisfies WordKey }),
  note: note.default("").messages({ "string.max": "settle.statement.error.note" satisfies WordKey }),
});

/** Page 6: what I did, what the other did, where my car was hit. Open again until the first signature. */
export const statementPage: StepPage<Body> = {
  step: "statement",
  alsoAt: ["invite", "wait-details", "wait-statement", "difference", "sign"],
  template: "settle/statement.njk",
  body,
  show: ({ ctx, view }) => ({
    tiles: actTiles(ctx.config),
    impacts: IMPACT_POINTS,
    prefill: view.me.statement ?? {},
    changing: view.me.statement !== null,
  }),
  submit: async ({ ctx, accident, letter, body: statement }) => {
    for (const field of ["ownAct", "otherAct"] as const) {
      if (!findAct(ctx.config.rules.catalogue, statement[field]))
        throw new Invalid(`settle.statement.error.${field}` satisfies WordKey, { field });
    }
    await giveStatement(ctx, { accidentId: accident.id, letter, statement });
  },
};
