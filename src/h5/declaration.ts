import Joi from "joi";
import type { Context } from "../context.ts";
import type { EndCode } from "../domain/accident.ts";
import { type EligibilityAnswer, endOf, reasonsOf } from "../domain/eligibility.ts";
import type { WordKey } from "../render.ts";
import { type Ticks, ticks } from "./consents.ts";
import { endPath } from "./ends.ts";

export const VEHICLES = ["two", "one", "more", "non-motor"] as const;

/** "None of these" of the list; the other values are ids of conditions. */
export const NONE = "none";

export interface Declaration extends Ticks {
  vehicles: (typeof VEHICLES)[number];
  condition: string;
}

/** What both drivers declare first: how many vehicles, none of the exceptions, and the two ticks. */
export const declaration = Joi.object<Declaration>({
  vehicles: Joi.valid(...VEHICLES).default("two"),
  condition: Joi.string()
    .pattern(/^[\w-]{1,40}$/)
    .required()
    .messages({ "*": "h5.start.error.condition" satisfies WordKey }),
  ...ticks,
});

/** Conditions that have a drawing (templates/assets/h5/exception-ID.svg). */
const DRAWN: readonly string[] = ["hurt", "cannot-move", "expressway", "somebody-left"];

const TILES = 4;

/** The list of exceptions as its page shows it: the first ones as tiles, the others folded away. */
export function exceptionsOf({ config }: Context): object {
  const { conditions } = config.rules;
  const likely = conditions.slice(0, TILES).map(({ id, zh, en }) => {
    return { id, zh, en, icon: DRAWN.includes(id) ? `h5/exception-${id}.svg` : null };
  });
  return { likely, others: conditions.slice(TILES) };
}

export function answerOf({ vehicles, condition }: Declaration): EligibilityAnswer {
  return { vehicles, conditions: condition === NONE ? [] : [condition] };
}

/** The end that an exception leads to. A driver without consent is told what to do, and nothing is stored. */
export function endFor(ctx: Context, given: Declaration): EndCode | null {
  return endOf(answerOf(given), ctx.config.rules.conditions);
}

export const isKnown = (ctx: Context, { condition }: Declaration): boolean =>
  condition === NONE || ctx.config.rules.conditions.some(({ id }) => id === condition);

/** Where a driver without consent reads what to do. */
export const endUrl = (code: EndCode, given: Declaration): string => endPath(code, reasonsOf(answerOf(given)));
