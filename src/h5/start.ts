import type Koa from "koa";
import { openAccident } from "../actions/open-accident.ts";
import type { Context } from "../context.ts";
import { type Accident, isRunning } from "../domain/accident.ts";
import { NOTICE_VERSION } from "../domain/consent.ts";
import { Invalid } from "../errors.ts";
import { personOf } from "../http/session.ts";
import type { WordKey } from "../render.ts";
import { hasTicked, requireTicks } from "./consents.ts";
import {
  answerOf,
  type Declaration,
  declaration,
  endFor,
  endUrl,
  exceptionsOf,
  isKnown,
  NONE,
  VEHICLES,
} from "./declaration.ts";
import type { PlainForm } from "./form.ts";
import { letterOf, standsAt } from "./paths.ts";

/** Page 1: safe? and may we settle this ourselves? One page, three touches. */
export function startForm(ctx: Context, koa: Koa.Context): PlainForm<Declaration> {
  const person = personOf(koa);
  return {
    template: "h5/start.njk",
    body: declaration,
    show: () => ({
      exceptions: exceptionsOf(ctx),
      vehicles: VEHICLES,
      noneOfThese: NONE,
      operator: ctx.config.operator,
    }),
    async submit(given) {
      if (!isKnown(ctx, given)) throw new Invalid("h5.start.error.condition" satisfies WordKey, { field: "condition" });
      const end = endFor(ctx, given);
      if (end && !hasTicked(given)) return endUrl(end, given);
      requireTicks(given);
      const accident = await openAccident(ctx, { person, textVersion: NOTICE_VERSION, answer: answerOf(given) });
      const letter = letterOf(accident, person);
      return letter ? standsAt(ctx, accident, letter) : "/h5";
    },
  };
}

/** Address of the driver's running case, else of their earlier ones, else of the beginning. */
export async function entryUrl(ctx: Context, koa: Koa.Context): Promise<string> {
  const running = await runningUrl(ctx, koa);
  if (running) return running;
  return (await ctx.accidents.findByPerson(personOf(koa))) ? "/h5/cases" : "/h5/start";
}

/** Address of the driver's running case; null: there is none. */
export async function runningUrl(ctx: Context, koa: Koa.Context): Promise<string | null> {
  const accident = await runningCase(ctx, koa);
  const letter = accident && letterOf(accident, personOf(koa));
  return accident && letter && standsAt(ctx, accident, letter);
}

export async function runningCase(ctx: Context, koa: Koa.Context): Promise<Accident | null> {
  const accident = await ctx.accidents.findCurrent(personOf(koa));
  return accident && isRunning(accident) ? accident : null;
}
