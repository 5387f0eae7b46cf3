import type Koa from "koa";
import type { Context } from "../context.ts";
import { IDLE_MS } from "../domain/officer.ts";
import { createRateLimit } from "../http/rate-limit.ts";
import { deskRequest, requireRight } from "./page.ts";

/** The hub's topic of everything that waits for officers. */
const QUEUE_TOPIC = "desk/queue";
const OPENINGS = { capacity: 60, perMinute: 60 };
/** Shorter than the time after which proxies end what is silent. */
const BEAT_MS = 15_000;

/**
 * The stream of an open queue: `changed` at its opening and after each change of what waits, `beat` between
 * them. It says nothing about any case: the page then asks for its rows.
 */
export function queueStream(ctx: Context): Koa.Middleware {
  const openings = createRateLimit({ ...OPENINGS, now: () => ctx.clock.now() });
  return async (koa) => {
    const request = deskRequest(ctx, koa);
    requireRight(request, "read-case");
    const { id } = request.officer;
    openings.take(id);
    const mark = await ctx.disputes.mark();
    const untilMs = ctx.clock.now().getTime() + IDLE_MS;
    const stream = ctx.streams.open(koa, { personId: `officer:${id}`, untilMs });
    stream.send("changed");
    const leave = ctx.hub.subscribe(QUEUE_TOPIC, mark, () => stream.send("changed"));
    let stopBeat = (): void => {};
    const beat = () => {
      stopBeat = ctx.timer.after(BEAT_MS, () => {
        stream.send("beat");
        beat();
      });
    };
    beat();
    stream.onEnd(() => {
      leave();
      stopBeat();
    });
  };
}
