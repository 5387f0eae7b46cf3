import type Koa from "koa";
import type { Language } from "../domain/accident.ts";
import { findPerson } from "./session.ts";

const COOKIE = "lang";
const YEAR_S = 31_536_000;

/** Returns the reader's language: as chosen, else as the browser asks, else Chinese. */
export function languageOf(koa: Koa.Context): Language {
  const person = findPerson(koa);
  if (person) return person.language;
  const chosen = koa.cookies.get(COOKIE, { signed: false });
  if (chosen === "zh" || chosen === "en") return chosen;
  return koa.get("accept-language") !== "" && koa.acceptsLanguages("zh", "en") === "en" ? "en" : "zh";
}

/** Stores the language in a cookie, for pages without sign-in. */
export function rememberLanguage(koa: Koa.Context, language: Language): void {
  koa.append("Set-Cookie", `${COOKIE}=${language}; Path=/; Max-Age=${YEAR_S}; HttpOnly; SameSite=Lax`);
}
