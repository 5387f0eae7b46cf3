import type { RouterMiddleware } from "@koa/router";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";

/** Turns what was thrown into one JSON answer: a stable code, the field where there is one, words in both languages. Nothing of ours leaks. */
export function jsonErrors(ctx: Context): RouterMiddleware {
  const [zh, en] = [ctx.render.words("zh"), ctx.render.words("en")];
  return async (http, next) => {
    try {
      await next();
    } catch (error) {
      const known = error instanceof AppError ? error : null;
      if (!known)
        ctx.log.error(
          { code: (error as { code?: unknown }).code, name: (error as Error).name, err: error },
          "api.failed",
        );
      const fields = fieldsOf(known);
      const key = `api.errors.${known && known.status < 500 ? known.code : "internal"}`;
      const params = { field: fields[0] ?? "" };
      http.status = known && known.status < 500 ? known.status : 500;
      http.set("cache-control", "no-store");
      // the rest of a body that is not read would be taken for the next request
      if (http.status === 413) http.set("connection", "close");
      http.body = {
        accepted: false,
        code: known && known.status < 500 ? known.code : "internal",
        ...(fields.length > 0 && { field: fields[0], fields }),
        ...(known?.code === "claim-status-held" && { held: true }),
        message: { zh: zh(key, params), en: en(key, params) },
      };
    }
  };
}

function fieldsOf(error: AppError | null): string[] {
  const { fields, field } = error?.details ?? {};
  if (Array.isArray(fields)) return fields.map(String);
  return typeof field === "string" ? [field] : [];
}
