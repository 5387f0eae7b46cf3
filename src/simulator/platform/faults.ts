import { setTimeout as wait } from "node:timers/promises";
import type { Middleware } from "koa";
import { Refusal } from "./refusal.ts";

export interface Fault {
  /** The end of the path that it concerns, such as `/cgi-bin/message/custom/send`. */
  path: string;
  /** How many calls it concerns; 1 where nothing is said. */
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
  /** Does what was asked and answers late. */
  delay(fault: Fault & { ms: number }): void;
  /** Does what was asked and never answers. */
  silence(fault: Fault): void;
  /** Cuts the connection; nothing is done. */
  drop(fault: Fault): void;
  clear(): void;
  middleware: Middleware;
}

/** Bad days on command. */
export function createFaults(): Faults {
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
    delay: (fault) =>
      add(fault, async (_ctx, next) => {
        await next();
        await wait(fault.ms);
      }),
    silence: (fault) =>
      add(fault, async (ctx, next) => {
        await next();
        ctx.respond = false;
      }),
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
