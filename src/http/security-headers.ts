import type Koa from "koa";
import type { Context } from "../context.ts";

const YEAR_S = 31_536_000;

/** For every door, the machines' as well: an answer is what it says it is, and comes by https. */
export function doorHeaders({ config }: Pick<Context, "config">): Koa.Middleware {
  const headers: Record<string, string> = { "X-Content-Type-Options": "nosniff" };
  if (config.publicUrl.startsWith("https:"))
    headers["Strict-Transport-Security"] = `max-age=${YEAR_S}; includeSubDomains`;
  return (koa, next) => {
    koa.set(headers);
    return next();
  };
}

/** For pages; a door that needs another policy for its own overrides it. */
export function securityHeaders({ config }: Pick<Context, "config">): Koa.Middleware {
  // A browser also applies form-action to redirects of a form: an expired session leads to the platform's
  // sign-in.
  const signIn = new URL(config.wechat.openUrl).origin;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    `form-action 'self' ${signIn}`,
    "frame-src 'self'",
    "frame-ancestors 'self'",
    "base-uri 'none'",
  ].join("; ");
  return async (koa, next) => {
    koa.set({
      "Content-Security-Policy": policy,
      "X-Frame-Options": "SAMEORIGIN",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
      // Sends nothing to other sites, like no-referrer, which however would turn the Origin of our own forms
      // into "null".
      "Referrer-Policy": "same-origin",
    });
    await next();
  };
}

/** Keeps personal pages out of every cache. */
export const noStore: Koa.Middleware = async (koa, next) => {
  koa.set("Cache-Control", "no-store");
  await next();
};
