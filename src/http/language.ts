import type Koa from "koa";
import type { Context } from "../context.ts";
import { LANGUAGES, type Language } from "../domain/accident.ts";
import { findPerson } from "./session.ts";

const COOKIE = "lang";
const YEAR_S = 31_536_000;

/** Returns the reader's language: as chosen, else as the browser asks, else Chinese. */
export function languageOf(koa: Koa.Context): Language {
  return findPerson(koa)?.language ?? askedLanguage(koa);
}

/** The language that a phone asks for, whoever is signed in. */
export function askedLanguage(koa: Koa.Context): Language {
  const chosen = koa.cookies.get(COOKIE, { signed: false });
  const known = LANGUAGES.find((language) => language === chosen);
  if (known) return known;
  const asked = koa.get("accept-language") && koa.acceptsLanguages(...LANGUAGES);
  return LANGUAGES.find((language) => language === asked) ?? LANGUAGES[0];
}

/** Stores the language in a cookie, for pages without sign-in. */
export function rememberLanguage({ config }: Pick<Context, "config">, koa: Koa.Context, language: Language): void {
  const secure = config.publicUrl.startsWith("https:") ? "; Secure" : "";
  koa.append("Set-Cookie", `${COOKIE}=${language}; Path=/; Max-Age=${YEAR_S}; HttpOnly; SameSite=Lax${secure}`);
}
