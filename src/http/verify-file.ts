import type Koa from "koa";
import type { Context } from "../context.ts";

/**
 * Serves the file by which the platform checks that a domain is the operator's, at the root of the site:
 * `MP_verify_CODE.txt`, whose content is CODE.
 */
export function verifyFile({ config }: Pick<Context, "config">): Koa.Middleware {
  const { verifyFile: name } = config.wechat;
  const content = name?.replace(/^MP_verify_|\.txt$/g, "");
  return (koa, next) => {
    if (!name || koa.path !== `/${name}` || !["GET", "HEAD"].includes(koa.method)) return next();
    koa.type = "text/plain";
    koa.body = content;
  };
}
