import { PassThrough } from "node:stream";
import type Koa from "koa";
import { Busy } from "../errors.ts";
import type { Timer } from "../timer.ts";

/** One open page that is told of changes by Server-Sent Events. */
export interface EventStream {
  /** `data` is one line */
  send(event: string, data?: string): void;
  end(): void;
  /** Called once, when either side has ended it. */
  onEnd(listener: () => void): void;
}

/** All streams of this process. */
export interface EventStreams {
  /**
   * Answers the request with a stream until `untilMs` (ms since 1970), for about a minute at most: the
   * browser opens the next one by itself. Throws Busy when there are too many, or at the end.
   */
  open(koa: Koa.Context, whose: { personId: string; untilMs: number }): EventStream;
  /** Ends all and opens no more. */
  close(): void;
  count(): number;
}

/** Longer than the minute after which a look at a page is written again. */
const LIFE_MS = 61_000;
/** Spreads the next openings of pages that were opened at once. */
const SPREAD_MS = 5_000;
/** after which time the browser opens the next stream, at least */
const AGAIN_MS = 500;
const MOST_OF_PERSON = 4;
const MOST = 1_000;
const BUSY_S = 30;

interface Open {
  personId: string;
  stream: EventStream;
}

export interface StreamOptions {
  timer: Timer;
  now(): Date;
}

export function createEventStreams({ timer, now }: StreamOptions): EventStreams {
  const open = new Set<Open>();
  let isClosed = false;
  return {
    open(koa, { personId, untilMs }) {
      if (isClosed || open.size >= MOST) throw new Busy(BUSY_S);
      const mine = [...open].filter((one) => one.personId === personId);
      // The oldest may be that of a page that lost its network; a page that is there asks instead.
      if (mine.length >= MOST_OF_PERSON) endWith(mine[0] as Open, "ask");
      const one = { personId, stream: startStream(koa) };
      open.add(one);
      const lifeMs = Math.min(LIFE_MS + Math.random() * SPREAD_MS, untilMs - now().getTime());
      const stop = timer.after(lifeMs, () => one.stream.end());
      one.stream.onEnd(() => {
        stop();
        open.delete(one);
      });
      return one.stream;
    },
    close() {
      isClosed = true;
      for (const { stream } of open) stream.end();
    },
    count: () => open.size,
  };
}

function endWith({ stream }: Open, event: string): void {
  stream.send(event);
  stream.end();
}

function startStream(koa: Koa.Context): EventStream {
  const body = new PassThrough();
  koa.status = 200;
  koa.set({
    "Content-Type": "text/event-stream; charset=utf-8",
    // A proxy must neither change nor collect it.
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
  });
  koa.body = body;
  body.write(`retry: ${AGAIN_MS + Math.round(Math.random() * 2 * AGAIN_MS)}\n\n`);
  return {
    send: (event, data = "") => void (body.writable && body.write(`event: ${event}\ndata: ${data}\n\n`)),
    end: () => void body.end(),
    onEnd: (listener) => void body.once("close", listener),
  };
}
