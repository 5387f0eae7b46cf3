import type Koa from "koa";
import type { Context } from "../context.ts";

const YEAR_S = 31_536_000;

/** Set before anything else runs; a door that needs another policy for its pages sets it over this one. */
export function securityHeaders({ config }: Pick<Context, "config">): Koa.Middleware {
  // A browser applies form-action to where a form's answer leads, too: a session that has run out leads to the platform's sign-in.
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
  const secure = config.publicUrl.startsWith("https:");
  return async (koa, next) => {
    koa.set({
      "Content-Security-Policy": policy,
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "SAMEORIGIN",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
      // Nothing goes to other sites, as with no-referrer; but that one would turn the Origin of our own forms into "null".
      "Referrer-Policy": "same-origin",
    });
    if (secure) koa.set("Strict-Transport-Security", `max-age=${YEAR_S}; includeSubDomains`);
    await next();
  };
}

/** Personal pages stay in no cache. */
export const noStore: Koa.Middleware = async (koa, next) => {
  koa.set("Cache-Control", "no-store");
  await next();
};
