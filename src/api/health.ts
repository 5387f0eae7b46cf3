import type { RouterMiddleware } from "@koa/router";
import type { Context } from "../context.ts";

/** The process answers. */
export const alive: RouterMiddleware = (http) => {
  http.set("cache-control", "no-store");
  http.body = { status: "ok" };
};

/** The database answers in time, too: only then should requests be sent here. The values of `ctx.health` stand beside the status; they turn no traffic away. */
export function ready(ctx: Context): RouterMiddleware {
  return async (http) => {
    const [reachable, values] = await Promise.all([ctx.databaseReady(), ctx.health.values()]);
    http.status = reachable ? 200 : 503;
    http.set("cache-control", "no-store");
    http.body = { status: reachable ? "ok" : "database-unreachable", ...values };
  };
}
