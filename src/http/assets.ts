import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type Koa from "koa";
import serve from "koa-static";
import { NotFound } from "../errors.ts";

const HOUR_MS = 3_600_000;
const MONTH_MS = 30 * 24 * HOUR_MS;

const packageDir = (file: string) => dirname(fileURLToPath(import.meta.resolve(file)));

/** Public files under /assets/: our own for an hour, the libraries (which change with an installation only) for a month. */
export function assets(): Koa.Middleware {
  const roots = [
    { prefix: "/assets/weui/", files: serve(packageDir("weui/dist/style/weui.min.css"), { maxage: MONTH_MS }) },
    { prefix: "/assets/signature_pad/", files: serve(packageDir("signature_pad"), { maxage: MONTH_MS }) },
    {
      prefix: "/assets/",
      files: serve(fileURLToPath(new URL("../../../templates/assets/", import.meta.url)), { maxage: HOUR_MS }),
    },
  ];
  return async (koa, next) => {
    const root = roots.find(({ prefix }) => koa.path.startsWith(prefix));
    if (!root) return next();
    const { path } = koa;
    koa.path = path.slice(root.prefix.length - 1);
    try {
      await root.files(koa, async () => undefined);
    } finally {
      koa.path = path;
    }
    if (koa.status !== 200) throw new NotFound();
    if (koa.fresh) koa.status = 304;
  };
}
