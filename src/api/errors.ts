import type { RouterMiddleware } from "@koa/router";
import type { Context } from "../context.ts";
import { AppError, Busy, factsOf, NotSignedIn } from "../errors.ts";
import { ofRequest } from "../http/of-request.ts";
import type { Params, Translate } from "../render.ts";

/**
 * Turns an error into one JSON answer: a stable code, the field if any, words in both languages. Nothing
 * internal is shown.
 */
export function jsonErrors(ctx: Context): RouterMiddleware {
  const [zh, en] = [ctx.render.words("zh"), ctx.render.words("en")];
  return async (http, next) => {
    try {
      await next();
    } catch (error) {
      const spoken = error instanceof AppError && (error.status < 500 || error instanceof Busy) ? error : null;
      if (!spoken) ofRequest(ctx, http).log.error({ code: factsOf(error).code, err: error }, "api.failed");
      // a sender treats every kind of overload alike: send again later
      const code = error instanceof Busy ? "too-busy" : (spoken?.code ?? "internal");
      const fields = fieldsOf(spoken);
      const reason = spoken instanceof NotSignedIn ? spoken.details["reason"] : undefined;
      const key = typeof reason === "string" ? `api.unsigned.${reason}` : `api.errors.${code}`;
      const params = { field: fields[0] ?? "" };
      http.status = spoken?.status ?? 500;
      const retryAfterS = spoken?.details.retryAfterS;
      if (typeof retryAfterS === "number") http.set("retry-after", String(retryAfterS));
      http.set("cache-control", "no-store");
      // otherwise the unread rest of the body would be taken for the next request
      if (http.status === 408 || http.status === 413) http.set("connection", "close");
      http.body = {
        accepted: false,
        code,
        ...(fields.length > 0 && { field: fields[0], fields }),
        ...(typeof reason === "string" && { reason }),
        ...(code === "claim-status-held" && { held: true }),
        message: { zh: textOf(zh, key, params), en: textOf(en, key, params) },
      };
    }
  };
}

const textOf = (t: Translate, key: string, params: Params): string => t.find(key, params) ?? t("api.errors.internal");

function fieldsOf(error: AppError | null): string[] {
  const { fields, field } = error?.details ?? {};
  if (Array.isArray(fields)) return fields.map(String);
  return typeof field === "string" ? [field] : [];
}
