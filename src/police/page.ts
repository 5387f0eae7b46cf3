import type Joi from "joi";
import type Koa from "koa";
import type { Context } from "../context.ts";
import type { AccessEntry } from "../domain/access.ts";
import type { Language } from "../domain/accident.ts";
import { mayDo, type Officer, type Right } from "../domain/officer.ts";
import { missingYear } from "../domain/working-days.ts";
import { type AppError, Busy, Conflict, Invalid, NotAllowed, NotFound } from "../errors.ts";
import { FORM_BYTES, readPosted } from "../http/body.ts";
import { CSRF_FIELD, requireOwnOrigin } from "../http/csrf.ts";
import type { Fields } from "../http/fields-read.ts";
import { languageOf } from "../http/language.ts";
import { ofRequest } from "../http/of-request.ts";
import { seeOther } from "../http/see-other.ts";
import { errorSentence, typed, validate } from "../http/validate.ts";
import type { Translate } from "../render.ts";
import { deskCsrf, findOfficer, hasDeskToken, officerOf } from "./session.ts";

/** Somebody with an account asks for a page of the desk, or posts to it. */
export interface DeskRequest {
  ctx: Context;
  koa: Koa.Context;
  officer: Officer;
  t: Translate;
  language: Language;
  params: Readonly<Record<string, string>>;
  /** Writes down what is about to be shown or done. */
  log(entry: Pick<AccessEntry, "act"> & Partial<Pick<AccessEntry, "accidentId" | "reason">>): Promise<void>;
}

/** What a page shows beside what every page has. */
export type Shown = Record<string, unknown>;

export interface DeskPage<Body = never> {
  path: string;
  /** null: everybody with an account */
  right: Right | null;
  template?: string;
  /** `posted`: what was typed in a form that is shown again because of a mistake */
  show?(request: DeskRequest, posted?: Fields): Shown | Promise<Shown>;
  body?: Joi.ObjectSchema<Body>;
  /** longest body, 64 KB unless told */
  maxBytes?: number;
  /** Returns where the 303 leads, or what the page shows in answer to this one post. */
  submit?(request: DeskRequest & { body: Body }): Promise<string | Shown>;
}
// biome-ignore lint/suspicious/noExplicitAny: pages of all bodies stand in one list
export type AnyDeskPage = DeskPage<any>;

export function deskRequest(ctx: Context, koa: Koa.Context): DeskRequest {
  const officer = officerOf(koa);
  const language = languageOf(koa);
  const who = { officerId: officer.id, address: koa.ip, accidentId: null, reason: null };
  return {
    ctx: ofRequest(ctx, koa),
    koa,
    officer,
    language,
    t: ctx.render.words(language),
    params: koa.params as Record<string, string>,
    log: (entry) => ctx.accessLog.add({ ...who, ...entry }),
  };
}

/** Throws NotFound: that a page exists is nobody's business who has no right to it. */
export function requireRight({ officer }: Pick<DeskRequest, "officer">, right: Right | null): void {
  if (right && !mayDo(officer.role, right)) throw new NotFound();
}

export function renderDesk(ctx: Context, koa: Koa.Context, template: string, data: Shown): void {
  const officer = findOfficer(koa);
  koa.type = "html";
  koa.body = ctx.render.page(template, languageOf(koa), {
    values: {},
    errors: {},
    formError: "",
    officer,
    may: (right: Right) => officer !== null && mayDo(officer.role, right),
    csrf: deskCsrf(koa),
    self: koa.originalUrl,
    yearMissing: officer && missingYear(ctx.config.rules.calendar, ctx.clock.now()),
    ...data,
  });
}

export function getDeskPage(ctx: Context, page: AnyDeskPage): Koa.Middleware {
  return async (koa) => {
    const request = deskRequest(ctx, koa);
    requireRight(request, page.right);
    renderDesk(ctx, koa, page.template!, (await page.show?.(request)) ?? {});
  };
}

/** Origin → account → right → token → joi → action → 303; a mistake shows the form as it was typed. */
export function postDeskPage(ctx: Context, page: AnyDeskPage): Koa.Middleware {
  return async (koa) => {
    requireOwnOrigin(ctx, koa);
    const request = deskRequest(ctx, koa);
    requireRight(request, page.right);
    const { [CSRF_FIELD]: token, ...fields } = (await readPosted(koa, { maxBytes: page.maxBytes ?? FORM_BYTES }))
      .fields;
    const again = async (status: number, data: Shown) => {
      koa.status = status;
      const shown = (await page.show?.(request, fields)) ?? {};
      renderDesk(ctx, koa, page.template!, { ...shown, values: typed(fields), ...data });
    };
    if (!hasDeskToken(koa, token)) {
      if (!page.template) throw new NotAllowed("stale-form");
      return again(403, { formError: request.t("h5.errors.stale-form") });
    }
    const checked = page.body ? validate(page.body, fields, request.t) : { body: {} };
    if ("errors" in checked) return again(422, { errors: checked.errors });
    try {
      const next = await page.submit!({ ...request, body: checked.body as never });
      if (typeof next === "string") return seeOther(koa, next);
      renderDesk(ctx, koa, page.template!, next);
    } catch (error) {
      if (!isAnswerable(error) || !page.template) throw error;
      await again(error.status, faultOf(error, request.t));
    }
  };
}

/** What the officer can put right in the form, which keeps what was typed. */
const isAnswerable = (error: unknown): error is AppError =>
  error instanceof Busy ||
  error instanceof Conflict ||
  (error instanceof Invalid && typeof error.details["field"] === "string");

export function faultOf(error: AppError, t: Translate): Shown {
  const { field } = error.details;
  const known = t.find(`police.errors.${error.code}`, paramsOf(error));
  const sentence = known ?? errorSentence(t, error.code, {}, `h5.errors.${error.status}`);
  return typeof field === "string" ? { errors: { [field]: sentence } } : { formError: sentence };
}

/** Details that a sentence may name, such as who has a case. */
function paramsOf({ details }: AppError): Record<string, string | number> {
  const named = Object.entries(details).filter(([, value]) => typeof value === "string" || typeof value === "number");
  return Object.fromEntries(named) as Record<string, string | number>;
}
