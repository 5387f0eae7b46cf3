import type Koa from "koa";
import type { Context } from "../context.ts";
import type { View } from "../domain/view.ts";
import { macOf } from "../http/cookies.ts";
import { csrfToken } from "../http/csrf.ts";
import { languageOf } from "../http/language.ts";
import { UNLESS_TOLD } from "../http/page-defaults.ts";
import { findPerson } from "../http/session.ts";

/** Names in the scope of every template of the drivers' way. */
export interface PageData {
  view?: View;
  values?: Record<string, string>;
  errors?: Record<string, string>;
  /** what is wrong with the form as a whole */
  formError?: string;
}

/** Answers with a page in the reader's language. */
export function renderPage(
  ctx: Context,
  koa: Koa.Context,
  template: string,
  data: PageData & Record<string, unknown>,
): void {
  const common = { ...UNLESS_TOLD, csrf: csrfToken(ctx, koa), draftKey: draftKeyOf(ctx, koa), self: koa.originalUrl };
  koa.type = "html";
  koa.body = ctx.render.page(template, languageOf(koa), { ...common, ...data });
}

/** The key that seals this person's drafts on the phone; "" when nobody is signed in. */
function draftKeyOf(ctx: Context, koa: Koa.Context): string {
  const person = findPerson(koa);
  return person ? macOf(ctx.config.keys.session, "draft", person.id) : "";
}
