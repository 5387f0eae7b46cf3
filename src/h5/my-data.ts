import Joi from "joi";
import type Koa from "koa";
import { askErasure } from "../actions/ask-erasure.ts";
import { forgetDetails } from "../actions/forget-details.ts";
import { listOwnCases, type OwnCase } from "../actions/list-own-cases.ts";
import type { Context } from "../context.ts";
import { Invalid } from "../errors.ts";
import { personOf } from "../http/session.ts";
import type { WordKey } from "../render.ts";
import type { PlainForm } from "./form.ts";
import { today } from "./times.ts";

interface Body {
  act: "forget" | "erase";
  confirm?: "yes";
}

const body = Joi.object<Body>({
  act: Joi.valid("forget", "erase").required(),
  confirm: Joi.valid("yes"),
});

/** What is kept of the person who reads it (PIPL art. 45), withdrawal (15) and early erasure (47). */
export async function myDataForm(ctx: Context, koa: Koa.Context): Promise<PlainForm<Body>> {
  const person = personOf(koa);
  const [cases, kept, requests] = await Promise.all([
    listOwnCases(ctx, person),
    ctx.people.lastDetails(person.id),
    ctx.people.listErasures(),
  ]);
  const askedAt = requests.find(({ id }) => id === person.id)?.at;
  return {
    template: "h5/my-data.njk",
    body,
    show: () => ({
      cases: cases.map((one) => ({
        ...one,
        time: today(one.openedAt),
        until: one.keptUntil && today(one.keptUntil),
      })),
      kept,
      asked: askedAt ? today(askedAt) : null,
      isGuest: person.isGuest === true,
    }),
    async submit({ act, confirm }) {
      if (act === "forget") await forgetDetails(ctx, { person });
      else if (confirm !== "yes") throw new Invalid("h5.mine.error.confirm" satisfies WordKey, { field: "confirm" });
      else await askErasure(ctx, { person });
      return "/h5/my-data";
    },
  };
}

/** The same as a file, whole (PIPL art. 45: a copy, and to take it elsewhere). */
export async function sendMyData(ctx: Context, koa: Koa.Context): Promise<void> {
  const person = personOf(koa);
  const { isGuest = false, openid, language } = person;
  const [cases, remembered] = await Promise.all([listOwnCases(ctx, person), ctx.people.lastDetails(person.id)]);
  const stored = isGuest ? null : { openid, language, remembered };
  koa.type = "application/json";
  koa.set("Content-Disposition", 'attachment; filename="kuaichu-my-data.json"');
  koa.body = JSON.stringify({ person: stored, cases: cases satisfies OwnCase[] }, null, 2);
}
