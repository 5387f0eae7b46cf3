import Joi from "joi";
import type Koa from "koa";
import { endSessions } from "../actions/end-sessions.ts";
import type { Context } from "../context.ts";
import { Invalid } from "../errors.ts";
import { readPosted } from "../http/body.ts";
import { CSRF_FIELD, hasToken, requireOwnOrigin } from "../http/csrf.ts";
import { rememberLanguage } from "../http/language-cookie.ts";
import { seeOther } from "../http/see-other.ts";
import { endSession, findPerson } from "../http/session.ts";
import { renderPage } from "./render.ts";

const where = Joi.valid("here", "everywhere").required();

/** Signs out in this browser, or on every phone. Whoever has no session any more is signed out already. */
export async function signOut(ctx: Context, koa: Koa.Context): Promise<void> {
  requireOwnOrigin(ctx, koa);
  const { fields } = await readPosted(koa);
  const { error, value } = where.validate(fields["where"]);
  if (error) throw new Invalid("unknown-field", { field: "where" });
  const person = findPerson(koa);
  if (person && !hasToken(ctx, koa, fields[CSRF_FIELD])) throw new Invalid("stale-form", {}, 403);
  if (person && value === "everywhere") await endSessions(ctx, { person });
  // the page that follows is nobody's
  if (person) rememberLanguage(ctx, koa, person.language);
  endSession(ctx, koa);
  seeOther(koa, "/h5/signed-out");
}

export function signedOutPage(ctx: Context, koa: Koa.Context): void {
  renderPage(ctx, koa, "h5/signed-out.njk", {});
}
