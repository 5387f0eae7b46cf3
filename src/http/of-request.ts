import type Koa from "koa";
import type { Log } from "../log.ts";

/** The answer's header with the request's id. */
export const REQUEST_ID = "x-request-id";

/** The context in which one request is answered: each line of its log has the request's id. */
export function ofRequest<C extends { log: Log }>(ctx: C, koa: Koa.Context): C {
  const state = koa.state as { log?: Log };
  state.log ??= ctx.log.child({ requestId: koa.response.get(REQUEST_ID) });
  return { ...ctx, log: state.log };
}
