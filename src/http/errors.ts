import type Koa from "koa";
import type { Context } from "../context.ts";
import { AppError, Busy, factsOf, NotFound } from "../errors.ts";
import { typedFields } from "./body.ts";
import { csrfToken } from "./csrf.ts";
import { languageOf } from "./language.ts";
import { ofRequest } from "./of-request.ts";
import { UNLESS_TOLD } from "./page-defaults.ts";
import { errorSentence, sentence } from "./validate.ts";

/** Statuses passed to the client; all others become 500. */
const SPOKEN_STATUSES = [400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 502, 503];

/**
 * Turns errors into answers: a page in the reader's language or JSON, never a stack. The outermost
 * middleware.
 */
export function errorPages(ctx: Context): Koa.Middleware {
  return async (koa, next) => {
    try {
      await next();
      if (koa.status === 404 && koa.body == null) throw new NotFound();
    } catch (error) {
      await answer(ofRequest(ctx, koa), koa, error);
    }
  };
}

async function answer(ctx: Context, koa: Koa.Context, error: unknown): Promise<void> {
  const { status, code, details } = describe(error);
  if (error instanceof Busy) ctx.log.warn({ code, method: koa.method, route: koa._matchedRoute }, "door.busy");
  // the number of a case that does not open is logged where it is read
  else if (status >= 500 && code !== "case-unreadable")
    ctx.log.error({ err: error, code, method: koa.method, route: koa._matchedRoute }, "door.request-failed");
  koa.status = status;
  koa.set("Cache-Control", "no-store");
  if (typeof details["retryAfterS"] === "number") koa.set("Retry-After", String(details["retryAfterS"]));
  closeAfter(koa, status);
  const language = languageOf(koa);
  const t = ctx.render.words(language);
  const field = typeof details["field"] === "string" ? details["field"] : undefined;
  const message = errorSentence(
    t,
    code,
    { field: field ?? "", number: String(details["number"] ?? ""), phone: ctx.config.operatorPhone },
    `h5.errors.${status}`,
  );
  if (wantsJson(koa)) {
    koa.body = { error: { code, message, ...told(details) } };
    return;
  }
  koa.type = "html";
  koa.body = ctx.render.page("h5/error.njk", language, {
    ...UNLESS_TOLD,
    status,
    message,
    title: sentence(t, `h5.errors.title.${status}`, {}, "h5.errors.title.500"),
    self: koa.originalUrl,
    csrf: csrfToken(ctx, koa),
    // The posted fields with the token, so that the form can be sent again.
    again: error instanceof Busy ? await typedFields(koa) : null,
  });
}

const SCRIPTS = ["json", "text/event-stream"];

/** Details that a script needs: the field, a picture's slot and finding, tries left and the time to retry. */
const TOLD = ["field", "slot", "finding", "triesLeft", "retryAfterS"];

function told(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = TOLD.filter((name) => ["string", "number"].includes(typeof details[name]));
  return Object.fromEntries(kept.map((name) => [name, details[name]]));
}

function describe(error: unknown): { status: number; code: string; details: Readonly<Record<string, unknown>> } {
  if (error instanceof AppError) {
    const status = SPOKEN_STATUSES.includes(error.status) ? error.status : 500;
    return { status, code: error.code, details: error.details };
  }
  // Koa's own errors: a path that cannot be decoded, an unknown method.
  const { status, expose } = factsOf(error);
  if (expose && typeof status === "number" && SPOKEN_STATUSES.includes(status))
    return { status, code: String(status), details: {} };
  return { status: 500, code: "500", details: {} };
}

/**
 * Closes the connection when a body was not read to its end: the rest would be taken for the next request.
 */
export function closeAfter(koa: Koa.Context, status: number): void {
  if ([408, 413, 415].includes(status)) koa.set("Connection", "close");
}

/** True when a script asks; a browser that asks for a page names HTML. */
export function wantsJson(koa: Koa.Context): boolean {
  return koa.path.startsWith("/api/") || SCRIPTS.includes(String(koa.accepts("html", ...SCRIPTS)));
}
