import Router, { type RouterMiddleware } from "@koa/router";
import type { Context, Next } from "koa";
import { SYSTEM_TIMER, type Timer } from "../../timer.ts";
import type { Account, Addresses } from "./account.ts";
import { type Acts, createActs } from "./acts.ts";
import type { Json } from "./body.ts";
import { createDesk } from "./desk.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createMediaShelf, type StoredMedia } from "./media.ts";
import { messageRoutes } from "./messages.ts";
import { noticeRoutes } from "./notices.ts";
import { oauthRoutes, type WhoAsks } from "./oauth.ts";
import { type ChatLine, createPeople, type People } from "./people.ts";
import { createPusher, type PushRecord } from "./push.ts";
import { createQrDesk, type IssuedQr } from "./qr.ts";
import { Refusal } from "./refusal.ts";
import { createTokens, type Tokens } from "./tokens.ts";
import type { WireBody } from "./wire.ts";

export interface PlatformOptions {
  account: Account;
  urls: Addresses;
  /** Path at which it is mounted, such as `/simulator/platform`; empty for a server of its own. */
  prefix?: string;
  clock?: { now(): Date };
  whoAsks?: WhoAsks;
  whoIsPictured?: (image: Buffer) => string | null;
  templates?: readonly string[];
  /** Time that a push waits for an answer, and until it is repeated. */
  answerMs?: number;
  /** runs that time-out */
  timer?: Timer;
}

/**
 * A stand-in for the WeChat platform: its API over HTTP, its pushes, and the phones of virtual people. All in
 * memory.
 */
export interface Platform
  extends Acts,
    Omit<Faults, "middleware" | "clear">,
    Pick<Tokens, "expireTokens" | "invalidateTokens" | "issued"> {
  middleware: RouterMiddleware;
  people: People;
  /** Messages that the person has received. */
  inbox(openid: string): ChatLine[];
  /** Both sides of the chat. */
  chat(openid: string): ChatLine[];
  qrs(): IssuedQr[];
  menu(): Json | null;
  /** Returns a picture by its media id; refuses with 40007 when it is gone. */
  picture(mediaId: string): StoredMedia;
  putMedia(bytes: Buffer, contentType: string): StoredMedia;
  expireMedia(): void;
  clearFaults(): void;
  pushes: readonly PushRecord[];
  /** Resolves when no report of the platform's own is on its way. */
  settle(): Promise<void>;
}

export function createPlatform(options: PlatformOptions): Platform {
  const { account, urls, clock = { now: () => new Date() }, whoAsks = byCookie, whoIsPictured } = options;
  const now = () => clock.now().getTime();
  const people = createPeople(now);
  const media = createMediaShelf(now);
  const qrs = createQrDesk(now);
  const tokens = createTokens({ account, now });
  const faults = createFaults(options.timer ?? SYSTEM_TIMER);
  const desk = createDesk({ people, now, ...(whoIsPictured && { whoIsPictured }) });
  const pusher = createPusher({ ...options, people, now });
  const acts = createActs({ account, urls, people, media, qrs, pusher, now });
  const onTheWay = new Set<Promise<unknown>>();

  function report(person: { openid: string }, event: WireBody): void {
    const head = { ToUserName: account.account, FromUserName: person.openid, CreateTime: Math.floor(now() / 1000) };
    const pushed = pusher.push(people.get(person.openid), { ...head, MsgType: "event", ...event }, { quiet: true });
    onTheWay.add(pushed);
    pushed.finally(() => onTheWay.delete(pushed));
  }

  const templates = options.templates ?? null;
  const router = routerOf({ prefix: options.prefix, faults }, (open, inner) => {
    oauthRoutes(open, { account, urls, now, whoAsks });
    for (const part of [media, qrs]) part.publicRoutes(open);
    tokens.routes(open);
    inner.use(tokens.authorised);
    tokens.authorisedRoutes(inner);
    messageRoutes(inner, { people, media });
    noticeRoutes(inner, { people, now, report, templates });
    for (const part of [media, qrs, desk]) part.routes(inner);
  });

  return {
    ...acts,
    ...faults,
    clearFaults: faults.clear,
    expireTokens: tokens.expireTokens,
    invalidateTokens: tokens.invalidateTokens,
    issued: tokens.issued,
    middleware: router.routes(),
    people,
    inbox: (openid) => people.get(openid).chat.filter(({ from }) => from !== "me"),
    chat: (openid) => [...people.get(openid).chat],
    qrs: qrs.list,
    menu: desk.menu,
    picture: media.get,
    putMedia: media.put,
    expireMedia: media.expireMedia,
    pushes: pusher.records,
    async settle() {
      while (onTheWay.size > 0) await Promise.all(onTheWay);
    },
  };
}

/** Makes the router: `fill` adds the open routes, and those that need a token. */
function routerOf(
  { prefix, faults }: { prefix: string | undefined; faults: Faults },
  fill: (open: Router, inner: Router) => void,
): Router {
  const router = new Router({ ...(prefix && { prefix }) });
  const inner = new Router();
  router.use(refusals, faults.middleware);
  fill(router, inner);
  router.use(inner.routes());
  return router;
}

async function refusals(ctx: Context, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    ctx.status = 200;
    ctx.body = error.body();
  }
}

/** The phone names its person by a cookie, `phone=<openid>`. */
function byCookie(ctx: Context): string | null {
  return ctx.cookies.get("phone") ?? null;
}
