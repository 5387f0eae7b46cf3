import type { Middleware } from "koa";

/** This machine, with any port. */
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
 * Lets the simulator's own page and the app through, answers 403 to all else: a foreign name bound to this
 * address (DNS rebinding), and requests of other sites' pages. Only the page itself may be opened by any
 * link.
 */
export function ownSite(publicUrl: string): Middleware {
  const ourHost = new URL(publicUrl).host;
  return async (http, next) => {
    // the routes ignore case, too
    if (!/^\/simulator(\/|$)/i.test(http.path)) return next();
    // not http.host: behind a proxy that is a header which any script can set
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
