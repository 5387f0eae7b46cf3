import { randomBytes } from "node:crypto";
import type Router from "@koa/router";
import type { Context } from "koa";
import type { Account, Addresses } from "./account.ts";
import { Refusal } from "./refusal.ts";

const CODE_MS = 5 * 60_000;
const CODES = 1000;

/** Returns whose phone is asking; null: nobody's. */
export type WhoAsks = (ctx: Context) => string | null;

export interface OauthOptions {
  account: Account;
  urls: Addresses;
  now: () => number;
  whoAsks: WhoAsks;
}

/** The authorisation page, which does not ask for snsapi_base, and the exchange of its code. */
export function oauthRoutes(router: Router, { account, urls, now, whoAsks }: OauthOptions): void {
  const codes = new Map<string, { openid: string; scope: string; expiresAt: number; used: boolean }>();

  router.get("/connect/oauth2/authorize", (ctx) => {
    const { redirect_uri: target, scope, state } = ctx.query;
    // A client refuses other orders of the parameters.
    const inOrder =
      /^appid=[^&]+&redirect_uri=[^&]+&response_type=code&scope=snsapi_(base|userinfo)&state=[a-zA-Z0-9]{0,128}$/;
    const openid = whoAsks(ctx);
    const allowed =
      inOrder.test(ctx.querystring) &&
      ctx.query["appid"] === account.appid &&
      typeof target === "string" &&
      URL.canParse(target) &&
      new URL(target).host === new URL((urls.pages ?? urls.app)()).host;
    if (!allowed || openid === null) {
      ctx.status = 400;
      ctx.body = allowed ? "请在微信客户端打开链接" : "redirect_uri 参数错误";
      return;
    }
    const code = randomBytes(16).toString("hex");
    codes.set(code, { openid, scope: String(scope), expiresAt: now() + CODE_MS, used: false });
    const [oldest] = codes.keys();
    if (codes.size > CODES && oldest) codes.delete(oldest);
    const back = new URL(target);
    back.searchParams.set("code", code);
    back.searchParams.set("state", String(state ?? ""));
    ctx.redirect(back.href);
  });

  router.get("/sns/oauth2/access_token", (ctx) => {
    const { appid, secret, code, grant_type } = ctx.query;
    if (appid !== account.appid) throw new Refusal(40013, "invalid appid");
    if (secret !== account.secret) throw new Refusal(40125, "invalid appsecret");
    if (grant_type !== "authorization_code") throw new Refusal(40002, "invalid grant_type");
    const given = typeof code === "string" ? codes.get(code) : undefined;
    if (!given) throw new Refusal(40029, "invalid code");
    if (given.used) throw new Refusal(40163, "code been used");
    if (given.expiresAt <= now()) throw new Refusal(42003, "code expired");
    given.used = true;
    ctx.body = {
      access_token: randomBytes(48).toString("base64url"),
      expires_in: 7200,
      refresh_token: randomBytes(48).toString("base64url"),
      openid: given.openid,
      scope: given.scope,
    };
  });
}
