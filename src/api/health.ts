import type { RouterMiddleware } from "@koa/router";
import type { Context } from "../context.ts";

/** The process answers. */
export const alive: RouterMiddleware = (http) => {
  http.set("cache-control", "no-store");
  http.body = { status: "ok" };
};

/** The database answers too: only then should requests be sent here. Files that the scrub found damaged or gone are counted; they turn no traffic away. */
export function ready(ctx: Context): RouterMiddleware {
  return async (http) => {
    const reachable = await ctx.databaseReady();
    http.status = reachable ? 200 : 503;
    http.set("cache-control", "no-store");
    http.body = reachable
      ? { status: "ok", damagedFiles: await ctx.blobs.scrub.countDamaged() }
      : { status: "database-unreachable" };
  };
}
