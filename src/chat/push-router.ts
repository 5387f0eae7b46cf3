import { parse } from "node:querystring";
import type Koa from "koa";
import getRawBody from "raw-body";
import type { Context } from "../context.ts";
import { AppError, factsOf, Invalid } from "../errors.ts";
import { whilePaced } from "../http/body-pace.ts";
import { ofRequest } from "../http/of-request.ts";
import type { PushHandler } from "../wechat/push-handler.ts";

/** A push has some hundred bytes, in compatible mode a few thousand. */
const MAX_BYTES = 64 * 1024;

export interface PushDoor {
  handler: PushHandler;
  /** returns the echostr of an authentic URL verification; throws NotSignedIn */
  verify(query: Record<string, string | string[] | undefined>): string;
}

const PATH = "/wechat";

/** What of the context the door for pushes needs. */
type PushContext = Pick<Context, "timer" | "refusals" | "log">;

/**
 * GET and POST /wechat: the platform verifies the address and sends pushes. Errors are answered by status and
 * code alone, for no person reads them. Mounted before all routers, because most requests are pushes.
 */
export function pushRouter(ctx: PushContext, { handler, verify }: PushDoor): Koa.Middleware {
  const methods: Partial<Record<string, Koa.Middleware>> = {
    HEAD: sayEcho,
    GET: sayEcho,
    async POST(http) {
      const body = await whilePaced(ctx.timer, http, () => rawBody(http.req));
      const answer = await handler.handle({ query: parse(http.querystring), body });
      http.type = answer.type;
      http.body = answer.body;
    },
  };
  function sayEcho(http: Koa.Context): void {
    http.type = "text/plain";
    http.body = verify(http.query);
  }
  return async (http, next) => {
    const answer = http.path === PATH ? methods[http.method] : undefined;
    if (!answer) return next();
    try {
      await answer(http, next);
    } catch (error) {
      refuse(ctx, http, error);
    }
  };
}

function refuse(ctx: PushContext, http: Koa.Context, error: unknown): void {
  const status = error instanceof AppError ? error.status : 500;
  if (error instanceof AppError && status < 500) {
    const { reason } = error.details;
    // malformed: the reason is the field
    if (error.code === "wechat-malformed") ctx.refusals.add({ door: "push", reason: "form", field: String(reason) });
    else ctx.refusals.add({ door: "push", reason: typeof reason === "string" ? reason : error.code });
  }
  if (status >= 500)
    ofRequest(ctx, http).log.error({ code: factsOf(error).code, name: factsOf(error).name }, "wechat.push-failed");
  http.status = status;
  // otherwise the unread rest of the body would be taken for the next request
  if (status === 408 || status === 413) http.set("Connection", "close");
  http.body = "";
}

async function rawBody(request: Parameters<typeof getRawBody>[0]): Promise<Buffer> {
  try {
    return await getRawBody(request, { limit: MAX_BYTES });
  } catch (error) {
    const { type } = factsOf(error);
    throw type === "entity.too.large" ? new Invalid("too-large", {}, 413) : new Invalid("body-incomplete", {}, 400);
  }
}
