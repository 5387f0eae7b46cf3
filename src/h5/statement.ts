import Joi from "joi";
import { giveStatement } from "../actions/give-statement.ts";
import { IMPACT_POINTS, type ImpactPoint } from "../domain/accident.ts";
import { contradict, findAct } from "../domain/liability.ts";
import { Invalid } from "../errors.ts";
import { note } from "../http/fields.ts";
import type { WordKey } from "../render.ts";
import { actTiles } from "./acts.ts";
import type { StepPage } from "./page.ts";
import { requirePrintable } from "./refusals.ts";

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
    .messages({ "*": `h5.statement.error.${field}` satisfies WordKey });

const body = Joi.object<Body>({
  ownAct: act("ownAct"),
  otherAct: act("otherAct"),
  impact: Joi.valid(...IMPACT_POINTS)
    .required()
    .messages({ "*": "h5.statement.error.impact" satisfies WordKey }),
  note: note.default("").messages({ "string.max": "h5.statement.error.note" satisfies WordKey }),
});

/** Page 6: what I did, what the other did, where my car was hit. */
export const statementPage: StepPage<Body> = {
  template: "h5/statement.njk",
  body,
  show: ({ ctx, view }) => ({
    tiles: actTiles(ctx.config),
    impacts: IMPACT_POINTS,
    prefill: view.me.statement ?? {},
    changing: view.me.statement !== null,
  }),
  submit: async ({ ctx, party, body: statement }) => {
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
