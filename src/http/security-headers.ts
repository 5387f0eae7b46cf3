import type Koa from "koa";
import type { Context } from "../context.ts";

const YEAR_S = 31_536_000;

/** Set before anything else; a door that needs another policy for its pages overrides it. */
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
  const secure = config.publicUrl.startsWith("https:");
  return async (koa, next) => {
    koa.set({
      "Content-Security-Policy": policy,
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "SAMEORIGIN",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
      // Sends nothing to other sites, like no-referrer, which however would turn the Origin of our own forms
      // into "null".
      "Referrer-Policy": "same-origin",
    });
    if (secure) koa.set("Strict-Transport-Security", `max-age=${YEAR_S}; includeSubDomains`);
    await next();
  };
}

/** Keeps personal pages out of every cache. */
export const noStore: Koa.Middleware = async (koa, next) => {
  koa.set("Cache-Control", "no-store");
  await next();
};
