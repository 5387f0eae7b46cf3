import Joi from "joi";
import type Koa from "koa";
import { chooseLanguage } from "../actions/choose-language.ts";
import type { Context } from "../context.ts";
import { LANGUAGES, type Language } from "../domain/accident.ts";
import { NOTICE_VERSION } from "../domain/consent.ts";
import { KEPT_YEARS } from "../domain/retention.ts";
import { Invalid, NotFound } from "../errors.ts";
import { readPosted } from "../http/body.ts";
import { CSRF_FIELD, hasToken, requireOwnOrigin } from "../http/csrf.ts";
import { languageOf } from "../http/language.ts";
import { rememberLanguage } from "../http/language-cookie.ts";
import { seeOther } from "../http/see-other.ts";
import { findPerson } from "../http/session.ts";
import { callsOf, endContent, isEnd } from "./ends.ts";
import { pageUrl } from "./page.ts";
import { safePath } from "./paths.ts";
import { renderPage } from "./render.ts";
import { runningCase } from "./start.ts";

/** The whole privacy notice (PIPL art. 17). */
export function privacyPage(ctx: Context, koa: Koa.Context): void {
  const { city, insurers, operator, operatorPhone } = ctx.config;
  const asksPlatform = ctx.config.wechat.ocrPerDay > 0;
  const who = { city, operator, operatorPhone };
  const asksMap = ctx.config.geocoder !== null && !ctx.config.standIns.platform;
  const retention = retentionOf(ctx);
  const facts = { asksMap, ...who, insurers, asksPlatform, retention, version: NOTICE_VERSION };
  renderPage(ctx, koa, "h5/privacy.njk", facts);
}

/** null: the usual years, which the notice says in words */
function retentionOf({ config: { retention } }: Context): Context["config"]["retention"] | null {
  const { caseYears, endedYears, personYears } = retention;
  return [caseYears, endedYears, personYears].every((years) => years === KEPT_YEARS) ? null : retention;
}

/** Shows whom to call to a driver without a case; one with a running case is led to its way out. */
export async function helpPage(ctx: Context, koa: Koa.Context): Promise<void> {
  const running = findPerson(koa) && (await runningCase(ctx, koa));
  if (running) return seeOther(koa, pageUrl(running.id, "way-out"));
  const t = ctx.render.words(languageOf(koa));
  renderPage(ctx, koa, "h5/help.njk", {
    calls: callsOf(t, ["110", "122", "120"]),
    operatorPhone: ctx.config.operatorPhone,
  });
}

/** Says what to do where drivers may not settle themselves; open without consent, and nothing is stored. */
export function endPage(ctx: Context, koa: Koa.Context): void {
  const code = String(koa.params["code"]);
  if (!isEnd(code)) throw new NotFound();
  const reasons = [koa.query["because"] ?? []].flat();
  const t = ctx.render.words(languageOf(koa));
  renderPage(ctx, koa, "h5/ended.njk", endContent(ctx, t, { code, reasons, at: "alone" }));
}

const languages = Joi.valid(...LANGUAGES).required();

/**
 * 中文 / English, on every page. Without a session there is nothing to forge but a cookie with a language.
 */
export async function changeLanguage(ctx: Context, koa: Koa.Context): Promise<void> {
  requireOwnOrigin(ctx, koa);
  const { fields } = await readPosted(koa);
  const { error, value } = languages.validate(fields["language"]);
  if (error) throw new Invalid("unknown-field", { field: "language" });
  const language = value as Language;
  const person = findPerson(koa);
  if (person && hasToken(ctx, koa, fields[CSRF_FIELD])) await chooseLanguage(ctx, { person, language });
  rememberLanguage(ctx, koa, language);
  seeOther(koa, safePath(koa.query["to"]));
}
