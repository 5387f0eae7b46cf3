import type { Context } from "../context.ts";
import { type Accident, LETTERS, type Letter, type Person } from "../domain/accident.ts";
import { stepOf } from "../domain/journey.ts";
import { pageUrl } from "./page.ts";

/**
 * Lets only pages below /h5 be returned to, else the entry: to a browser `//evil`, `/\evil` and `https:evil`
 * are other sites.
 */
export function safePath(to: unknown): string {
  if (typeof to !== "string" || to.length > 512 || !/^\/h5(?:[/?]|$)/.test(to) || /[\\\u0000-\u0020]/.test(to))
    return "/h5";
  const base = "http://self.invalid";
  if (!URL.canParse(to, base)) return "/h5";
  const url = new URL(to, base);
  const isOurs = url.origin === base && /^\/h5(?:\/|$)/.test(url.pathname);
  return isOurs ? url.pathname + url.search : "/h5";
}

export function letterOf(accident: Accident, person: Person): Letter | null {
  return LETTERS.find((letter) => accident.parties[letter]?.identity.personId === person.id) ?? null;
}

/** The page on which this driver has to do something now. */
export function standsAt(ctx: Context, accident: Accident, letter: Letter): string {
  return pageUrl(accident.id, stepOf(accident, letter, ctx.config.rules.catalogue));
}
