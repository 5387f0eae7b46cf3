import { createServer, type Server } from "node:http";
import type { Context } from "../context.ts";
import { codeOf } from "../errors.ts";

/** The server of `GET /metrics`, on a port of its own that is not for the public. */
export function createMetricsServer(ctx: Pick<Context, "metrics" | "log">): Server {
  return createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, async (request, response) => {
    request.resume();
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    try {
      const { type, text } = await ctx.metrics.page();
      response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(text);
    } catch (error) {
      ctx.log.error({ code: codeOf(error) }, "metrics.failed");
      response.writeHead(500).end();
    }
  });
}
