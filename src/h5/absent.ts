import type Koa from "koa";
import type { Context } from "../context.ts";
import { NotFound } from "../errors.ts";
import { ABSENCES } from "../http/absence.ts";
import { wantsJson } from "../http/errors.ts";
import { personOf } from "../http/session.ts";
import { callsOf } from "./ends.ts";
import { renderPage } from "./render.ts";
import { timeText } from "./times.ts";

/**
 * Tells somebody who is not, or no longer, a party of the case why this page is not theirs and what to do; a
 * script gets the code.
 */
export function absentPage(ctx: Context): Koa.Middleware {
  return async (koa, next) => {
    try {
      await next();
    } catch (error) {
      const reason = error instanceof NotFound && ABSENCES.find((code) => code === error.code);
      if (!reason || wantsJson(koa)) throw error;
      const { language } = personOf(koa);
      const { at } = error.details;
      koa.status = error.status;
      renderPage(ctx, koa, "h5/absent.njk", {
        reason,
        at: at instanceof Date ? timeText(at, ctx.clock.now(), language) : null,
        isForm: koa.method === "POST",
        calls: callsOf(ctx.render.words(language), ["122", "110", "120"]),
      });
    }
  };
}
