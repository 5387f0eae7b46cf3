import type { Middleware } from "koa";
import type { Timer } from "../../timer.ts";
import { Refusal } from "./refusal.ts";

export interface Fault {
  /** End of the path concerned, such as `/cgi-bin/message/custom/send`. */
  path: string;
  /** Number of calls concerned; default 1. */
  times?: number;
}

interface Active {
  path: string;
  left: number;
  act: Middleware;
}

export interface Faults {
  /** Refuses with that errcode; nothing is done. */
  fail(fault: Fault & { errcode: number }): void;
  /** Answers with that HTTP status; nothing is done. */
  answerStatus(fault: Fault & { status: number }): void;
  /** Answers 200 with an error page, as a proxy might; nothing is done. */
  answerPage(fault: Fault): void;
  /** Does what was asked and answers late. */
  delay(fault: Fault & { ms: number }): void;
  /** Does what was asked and never answers. Resolves when that has been done once. */
  silence(fault: Fault): Promise<void>;
  /** Cuts the connection; nothing is done. */
  drop(fault: Fault): void;
  clear(): void;
  middleware: Middleware;
}

/** Creates faults on demand. */
export function createFaults(timer: Timer): Faults {
  let active: Active[] = [];
  const add = ({ path, times = 1 }: Fault, act: Middleware) => {
    active.push({ path, left: times, act });
  };
  return {
    fail: (fault) =>
      add(fault, () => {
        throw new Refusal(fault.errcode, "on command");
      }),
    answerStatus: (fault) =>
      add(fault, (ctx) => {
        ctx.status = fault.status;
        ctx.body = "";
      }),
    answerPage: (fault) =>
      add(fault, (ctx) => {
        ctx.type = "text/html";
        ctx.body = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
      }),
    delay: (fault) =>
      add(fault, async (_ctx, next) => {
        await next();
        await new Promise<void>((resolve) => void timer.after(fault.ms, resolve));
      }),
    silence: (fault) =>
      new Promise((done) =>
        add(fault, async (ctx, next) => {
          await next();
          ctx.respond = false;
          done();
        }),
      ),
    drop: (fault) =>
      add(fault, (ctx) => {
        ctx.respond = false;
        ctx.req.destroy();
      }),
    clear() {
      active = [];
    },
    async middleware(ctx, next) {
      const fault = active.find(({ path, left }) => left > 0 && ctx.path.endsWith(path));
      if (!fault) return next();
      fault.left -= 1;
      active = active.filter(({ left }) => left > 0);
      return fault.act(ctx, next);
    },
  };
}
