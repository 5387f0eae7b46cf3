import type Koa from "koa";
import type { Context } from "../context.ts";
import type { View } from "../domain/view.ts";
import { csrfToken } from "../http/csrf.ts";
import { languageOf } from "../http/language.ts";
import { UNLESS_TOLD } from "../http/page-defaults.ts";

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
  const common = { ...UNLESS_TOLD, csrf: csrfToken(ctx, koa), self: koa.originalUrl };
  koa.type = "html";
  koa.body = ctx.render.page(template, languageOf(koa), { ...common, ...data });
}
