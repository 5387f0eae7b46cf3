import type Joi from "joi";
import type Koa from "koa";
import type { Context } from "../context.ts";
import { Busy, Invalid } from "../errors.ts";
import { readPosted } from "../http/body.ts";
import { CSRF_FIELD, hasToken, requireOwnOrigin } from "../http/csrf.ts";
import { languageOf } from "../http/language.ts";
import { seeOther } from "../http/see-other.ts";
import { errorSentence, typed, validate } from "../http/validate.ts";
import { type PageData, renderPage } from "./render.ts";

/** A form that belongs to no accident yet: starting one, joining one. */
export interface PlainForm<Body> {
  template: string;
  body: Joi.ObjectSchema<Body>;
  show(): object;
  /** returns where the 303 leads; an Invalid with a field brings the form back */
  submit(body: Body): Promise<string>;
}

export function showForm<Body>(ctx: Context, koa: Koa.Context, form: PlainForm<Body>, data: PageData = {}): void {
  renderPage(ctx, koa, form.template, { ...form.show(), ...data });
}

/** Token → joi → submit → 303; what is wrong re-renders the form with everything typed. */
export async function postForm<Body>(ctx: Context, koa: Koa.Context, form: PlainForm<Body>): Promise<void> {
  requireOwnOrigin(ctx, koa);
  const t = ctx.render.words(languageOf(koa));
  const { [CSRF_FIELD]: token, ...fields } = (await readPosted(koa)).fields;
  const again = (status: number, data: PageData) => {
    koa.status = status;
    showForm(ctx, koa, form, { values: typed(fields), ...data });
  };
  if (!hasToken(ctx, koa, token)) return again(403, { formError: t("h5.errors.stale-form") });
  const checked = validate(form.body, fields, t);
  if ("errors" in checked) return again(422, { errors: checked.errors });
  try {
    seeOther(koa, await form.submit(checked.body));
  } catch (error) {
    if (error instanceof Busy) {
      koa.set("Retry-After", String(error.details["retryAfterS"]));
      return again(error.status, { formError: errorSentence(t, error.code, {}, "h5.errors.503") });
    }
    const field = error instanceof Invalid ? error.details["field"] : null;
    if (!(error instanceof Invalid) || typeof field !== "string") throw error;
    const codes = (error.details["codes"] as Record<string, string> | undefined) ?? { [field]: error.code };
    const faults = Object.entries(codes).map(([name, code]) => [name, errorSentence(t, code, { field: name })]);
    again(error.status, { errors: Object.fromEntries(faults) });
  }
}
