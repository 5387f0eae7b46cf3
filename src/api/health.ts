import type { RouterMiddleware } from "@koa/router";
import type { Context } from "../context.ts";

/** Answers 200 while the process runs. */
export const alive: RouterMiddleware = (http) => {
  http.set("cache-control", "no-store");
  http.body = { status: "ok" };
};

/**
 * Answers 200 while the database answers in time and the process should get requests, else 503. The values of
 * `ctx.health` are added for operators and do not change the status.
 */
export function ready(ctx: Context): RouterMiddleware {
  return async (http) => {
    const [reachable, values] = await Promise.all([ctx.databaseReady(), ctx.health.values()]);
    http.status = reachable ? 200 : 503;
    http.set("cache-control", "no-store");
    http.body = { status: reachable ? "ok" : "database-unreachable", ...values };
  };
}
