import { once } from "node:events";
import type Koa from "koa";
import type { Context } from "../context.ts";
import { DatabaseAway } from "../errors.ts";

/** A page is answered within 5 s of the last byte of its request. */
export const ANSWER_MS = 4_500;
const LOOK_MS = 250;

/**
 * Answers 503 in time when the request waits for a slow database. Pictures and other systems may take longer.
 * The work itself goes on.
 */
export function answersInTime(ctx: Context, answerMs = ANSWER_MS): Koa.Middleware {
  return async (koa, next) => {
    const done = new AbortController();
    try {
      await Promise.race([next(), slowness(ctx, koa, { answerMs, signal: done.signal })]);
    } finally {
      done.abort();
    }
  };
}

/** Rejects when the time is over and the database is slow; never resolves. */
async function slowness(
  ctx: Context,
  { req }: Koa.Context,
  { answerMs, signal }: { answerMs: number; signal: AbortSignal },
): Promise<never> {
  const hasBody = req.method !== "GET" && req.method !== "HEAD";
  if (hasBody && !req.complete) await once(req, "end", { signal }).catch(() => {});
  return new Promise((_resolve, reject) => {
    const look = () => {
      if (ctx.databaseIsSlow()) reject(new DatabaseAway());
      else stop = ctx.timer.after(LOOK_MS, look);
    };
    let stop = ctx.timer.after(answerMs, look);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", () => stop(), { once: true });
  });
}
