import type Koa from "koa";
import type { Context } from "../context.ts";
import { LANGUAGES, type Language } from "../domain/accident.ts";

const COOKIE = "lang";
const YEAR_S = 31_536_000;

/** The language that a phone asks for: as chosen, else as the browser asks, else Chinese. */
export function askedLanguage(koa: Koa.Context): Language {
  const chosen = koa.cookies.get(COOKIE, { signed: false });
  const known = LANGUAGES.find((language) => language === chosen);
  if (known) return known;
  const asked = koa.get("accept-language") && koa.acceptsLanguages(...LANGUAGES);
  return LANGUAGES.find((language) => language === asked) ?? LANGUAGES[0];
}

/** Keeps the language in a cookie, for pages without sign-in and for who has not agreed to the notice yet. */
export function rememberLanguage({ config }: Pick<Context, "config">, koa: Koa.Context, language: Language): void {
  const secure = config.publicUrl.startsWith("https:") ? "; Secure" : "";
  koa.append("Set-Cookie", `${COOKIE}=${language}; Path=/; Max-Age=${YEAR_S}; HttpOnly; SameSite=Lax${secure}`);
}

/** Language of a guest: as the link from the chat says, which is then kept, else as the phone asks. */
export function guestLanguage(ctx: Pick<Context, "config">, koa: Koa.Context): Language {
  const told = LANGUAGES.find((language) => language === koa.query["lang"]);
  if (told) rememberLanguage(ctx, koa, told);
  return told ?? askedLanguage(koa);
}
