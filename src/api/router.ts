import Router from "@koa/router";
import type { Context } from "../context.ts";
import { jsonErrors } from "./errors.ts";
import { sendEvidence } from "./evidence.ts";
import { alive, ready } from "./health.ts";
import { receiveStatus } from "./receive-status.ts";
import { listSchemas, sendSchema } from "./schemas.ts";
import { takeProbe } from "./take-probe.ts";

/** Routes that every process has: how it is. */
export function healthRouter(ctx: Context): Router {
  const router = new Router();
  router.use(jsonErrors(ctx));
  router.get("/healthz", alive);
  router.get("/readyz", ready(ctx));
  return router;
}

/**
 * Routes for insurers: call-backs, the evidence that claims link to, the schemas of messages; and the
 * doctor's own.
 */
export function apiRouter(ctx: Context): Router {
  const router = new Router();
  router.use(jsonErrors(ctx));
  router.get("/api/schemas", listSchemas(ctx.config.publicUrl));
  router.get("/api/schemas/:name", sendSchema);
  router.get("/api/evidence/:accidentId/:sha256", sendEvidence(ctx));
  router.post("/api/insurers/:code/claims/:ref/status", receiveStatus(ctx));
  router.post("/api/probe", takeProbe(ctx));
  return router;
}
