import type { IncomingMessage } from "node:http";
import type { RouterMiddleware } from "@koa/router";
import getRawBody from "raw-body";
import { recordClaimStatus } from "../actions/record-claim-status.ts";
import type { Context } from "../context.ts";
import { AppError, factsOf, Invalid } from "../errors.ts";
import { whilePaced } from "../http/body-pace.ts";
import { ofRequest } from "../http/of-request.ts";
import { readStatus } from "./status-body.ts";

const MAX_BODY_BYTES = 64 * 1024;

/**
 * Receives an insurer's call-back: checks the signature over the raw bytes, then the form, then whose claim
 * it is.
 */
export function receiveStatus(ctx: Context): RouterMiddleware {
  return async (http) => {
    const { code = "", ref = "" } = http.params;
    const recorded = await (async () => {
      const rawBody = await whilePaced(ctx.timer, http, () => readBody(http.req));
      const webhookId = ctx.insurers.verify(code, http.headers, rawBody);
      const status = readStatus(rawBody, { insurerCode: code, claimRef: ref });
      return recordClaimStatus(ofRequest(ctx, http), { ref, insurerCode: code, webhookId, status });
    })().catch((error) => {
      noteRefusal(ctx, error);
      throw error;
    });
    http.set("cache-control", "no-store");
    http.body = { accepted: true, ...Object.fromEntries(Object.entries(recorded).filter(([, holds]) => holds)) };
  };
}

function noteRefusal(ctx: Context, error: unknown): void {
  if (!(error instanceof AppError) || error.status >= 500) return;
  const { reason, field } = error.details;
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  ctx.refusals.add({ door: "status", reason: text(reason) ?? error.code, field: text(field) });
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  try {
    return await getRawBody(req, { limit: MAX_BODY_BYTES });
  } catch (error) {
    const tooLarge = factsOf(error).type === "entity.too.large";
    throw tooLarge ? new Invalid("body-too-large", {}, 413) : new Invalid("body-not-json", {}, 400);
  }
}
