import type Koa from "koa";
import type { Context } from "../context.ts";
import { NotAllowed } from "../errors.ts";
import { isMac, macOf, sessionKeysOf } from "./cookies.ts";
import { sessionOf } from "./session.ts";

/** Name of the hidden field that carries the token; a script sends the header instead. */
export const CSRF_FIELD = "_csrf";
const HEADER = "x-csrf-token";
const PURPOSE = "csrf";

/** Derives the token from the session, so that nothing is stored. "" when nobody is signed in. */
export function csrfToken(ctx: Context, koa: Koa.Context): string {
  const session = sessionOf(koa);
  return session ? macOf(ctx.config.keys.session, PURPOSE, session.id) : "";
}

export function hasToken(ctx: Context, koa: Koa.Context, field: unknown): boolean {
  const given = typeof field === "string" ? field : koa.get(HEADER);
  const session = sessionOf(koa);
  return session !== null && isMac(sessionKeysOf(ctx.config), PURPOSE, session.id, given);
}

/**
 * Checks the browser's own headers on the form's origin; an old client that sends none is checked by the
 * token alone.
 */
export function requireOwnOrigin(ctx: Context, koa: Koa.Context): void {
  const site = koa.get("sec-fetch-site");
  if (site !== "" && site !== "same-origin" && site !== "none") throw new NotAllowed("foreign-origin");
  const origin = koa.get("origin");
  if (origin === "") return;
  const ours = [new URL(ctx.config.publicUrl).host, koa.host];
  if (!URL.canParse(origin) || !ours.includes(new URL(origin).host)) throw new NotAllowed("foreign-origin");
}
