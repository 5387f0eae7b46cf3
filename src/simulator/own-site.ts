import type { Middleware } from "koa";

/** Of this machine, with any port. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "frame-src 'self'",
  "frame-ancestors 'self'",
  "form-action 'self'",
  "base-uri 'none'",
].join("; ");

/**
 * Answers what the simulator's own page or the app asks for, and 403 all else: a name that some other site has bound to this address
 * (DNS rebinding), and what a page of another site sends. Only the page itself may be opened from a link anywhere.
 */
export function ownSite(publicUrl: string): Middleware {
  const ourHost = new URL(publicUrl).host;
  return async (http, next) => {
    // the routes do not tell capitals from small letters either
    if (!/^\/simulator(\/|$)/i.test(http.path)) return next();
    // not http.host: behind a proxy that is a header which any script can write
    const { host = "", origin, "sec-fetch-site": site = "same-origin" } = http.req.headers;
    const isOurs = host === ourHost || LOOPBACK.test(host);
    const isOwnPage = (origin === undefined || hostOf(origin) === host) && /^(same-origin|none)$/.test(String(site));
    if (!isOurs || !(isOwnPage || opensPage(http))) {
      http.status = 403;
      http.body = { error: isOurs ? "foreign-origin" : "foreign-host" };
      return;
    }
    http.set({
      "Content-Security-Policy": POLICY,
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "SAMEORIGIN",
      "Cross-Origin-Resource-Policy": "same-origin",
      "Referrer-Policy": "same-origin",
    });
    await next();
  };
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

/** A link from elsewhere, opened in a window of its own. */
function opensPage({ method, path, req: { headers } }: Parameters<Middleware>[0]): boolean {
  const isPage = method === "GET" && /^\/simulator\/?$/.test(path);
  return isPage && headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
}
