import type { RouterMiddleware } from "@koa/router";
import type { Context } from "../context.ts";

/** Answers 200 while the process runs. */
export const alive: RouterMiddleware = (http) => {
  http.set("cache-control", "no-store");
  http.body = { status: "ok" };
};

/** True for who comes from outside by the operator's proxy, which names the caller. */
const isForwarded = (ctx: Context, forwardedFor: string): boolean => ctx.config.trustProxy && forwardedFor !== "";

/**
 * Answers 200 while the database answers in time and the process is not about to end, else 503. The values of
 * `ctx.health` are added for operators and do not change the status; who comes by the proxy gets none of
 * them.
 */
export function ready(ctx: Context): RouterMiddleware {
  return async (http) => {
    const asks = isForwarded(ctx, http.get("x-forwarded-for")) ? {} : ctx.health.values();
    const [reachable, values] = await Promise.all([ctx.databaseReady(), asks]);
    const { isLeaving } = ctx.health;
    http.status = reachable && !isLeaving ? 200 : 503;
    http.set("cache-control", "no-store");
    const status = isLeaving ? "stopping" : reachable ? "ok" : "database-unreachable";
    http.body = { status, ...values };
  };
}
