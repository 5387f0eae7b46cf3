import type { RouterMiddleware } from "@koa/router";
import type { Context } from "../context.ts";
import { Invalid, NotFound } from "../errors.ts";
import { whilePaced } from "../http/body-pace.ts";
import { isProbe, PROBE_HEADER } from "../http/signed-probe.ts";
import { UPLOADS_HELD_BYTES } from "../http/upload-share.ts";

/**
 * Reads and forgets a body, so that the doctor sees how much of one the proxy lets through. Nobody without
 * SESSION_KEY finds anything here.
 */
export const takeProbe =
  ({ config, clock, timer }: Context): RouterMiddleware =>
  async (http) => {
    if (!isProbe(config.keys.session, http.get(PROBE_HEADER), clock.now())) throw new NotFound();
    if (Number(http.get("content-length")) > UPLOADS_HELD_BYTES) throw new Invalid("too-large", {}, 413);
    let bytes = 0;
    await whilePaced(timer, http, async () => {
      for await (const chunk of http.req as AsyncIterable<Buffer>) bytes += chunk.length;
    });
    http.body = { bytes };
  };
