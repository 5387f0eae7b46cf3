import { randomBytes } from "node:crypto";
import type Router from "@koa/router";
import type { Middleware } from "koa";
import type { Account } from "./account.ts";
import { readJsonBody } from "./body.ts";
import { Refusal } from "./refusal.ts";

const LIFE_MS = 7200_000;
const OVERLAP_MS = 5 * 60_000;
const FORCE_GAP_MS = 30_000;
const FORCES_PER_DAY = 20;
const DAY_MS = 24 * 60 * 60_000;

interface Issued {
  value: string;
  expiresAt: number;
}

export interface Tokens {
  /** Expires everything that was issued. */
  expireTokens(): void;
  /**
   * Invalidates everything that was issued. `stuck`: the same token is issued again until a new one is
   * forced.
   */
  invalidateTokens(how?: { stuck: boolean }): void;
  issued: { stable: number; forced: number; plain: number; tickets: number };
  /** Answers 41001, 40014, 40001 or 42001 to a call without a valid token. */
  authorised: Middleware;
  routes(router: Router): void;
  authorisedRoutes(router: Router): void;
}

/** Issues tokens as the platform does: stable_token, token and jsapi_ticket, each with its own life. */
export function createTokens({ account, now }: { account: Account; now: () => number }): Tokens {
  const issued = { stable: 0, forced: 0, plain: 0, tickets: 0 };
  const valid = new Map<string, number>();
  const dead = new Set<string>();
  let stable: Issued | null = null;
  let plain: Issued | null = null;
  let ticket: Issued | null = null;
  let forcedAt: number[] = [];

  function issue(): Issued {
    for (const [value, until] of valid) if (until + DAY_MS < now()) valid.delete(value);
    const token = { value: randomBytes(102).toString("base64url"), expiresAt: now() + LIFE_MS };
    valid.set(token.value, token.expiresAt);
    return token;
  }

  const answer = ({ value, expiresAt }: Issued) => ({
    access_token: value,
    expires_in: Math.floor((expiresAt - now()) / 1000),
  });

  function checkAccount(appid: unknown, secret: unknown) {
    if (appid !== account.appid) throw new Refusal(40013, "invalid appid");
    if (secret !== account.secret) throw new Refusal(40125, "invalid appsecret");
  }

  function force(): Issued {
    forcedAt = forcedAt.filter((at) => now() - at < DAY_MS);
    if (forcedAt.length >= FORCES_PER_DAY) throw new Refusal(45009, "reach max api daily quota limit");
    if (now() - (forcedAt.at(-1) ?? 0) < FORCE_GAP_MS) throw new Refusal(45011, "api minute-quota reach limit");
    forcedAt.push(now());
    issued.forced += 1;
    if (stable) valid.delete(stable.value);
    return issue();
  }

  function check(value: string | undefined) {
    if (!value) throw new Refusal(41001, "access_token missing");
    if (value.length < 64) throw new Refusal(40014, "invalid access_token");
    const until = valid.get(value);
    if (until === undefined || dead.has(value)) {
      throw new Refusal(40001, "invalid credential, access_token is invalid or not latest");
    }
    if (now() >= until) throw new Refusal(42001, "access_token expired");
  }

  return {
    issued,
    expireTokens() {
      for (const value of valid.keys()) valid.set(value, now());
      for (const token of [stable, plain, ticket]) if (token) token.expiresAt = now();
    },
    invalidateTokens({ stuck } = { stuck: false }) {
      for (const value of valid.keys()) dead.add(value);
      if (!stuck) stable = null;
      plain = null;
    },
    authorised: (ctx, next) => {
      check(typeof ctx.query["access_token"] === "string" ? ctx.query["access_token"] : undefined);
      return next();
    },
    routes(router) {
      router.post("/cgi-bin/stable_token", async (ctx) => {
        const order = await readJsonBody(ctx);
        checkAccount(order["appid"], order["secret"]);
        if (order["grant_type"] !== "client_credential") throw new Refusal(40002, "invalid grant_type");
        issued.stable += 1;
        if (order["force_refresh"] === true) stable = force();
        // In its last five minutes a token gets a successor, and both are valid.
        if (!stable || now() >= stable.expiresAt - OVERLAP_MS) stable = issue();
        ctx.body = answer(stable);
      });
      router.get("/cgi-bin/token", (ctx) => {
        checkAccount(ctx.query["appid"], ctx.query["secret"]);
        issued.plain += 1;
        if (plain) valid.set(plain.value, Math.min(plain.expiresAt, now() + OVERLAP_MS));
        plain = issue();
        ctx.body = answer(plain);
      });
    },
    authorisedRoutes(router) {
      router.get("/cgi-bin/ticket/getticket", (ctx) => {
        if (ctx.query["type"] !== "jsapi") throw new Refusal(40097, "invalid args");
        issued.tickets += 1;
        if (!ticket || now() >= ticket.expiresAt) {
          ticket = { value: randomBytes(64).toString("base64url"), expiresAt: now() + LIFE_MS };
        }
        const { access_token, expires_in } = answer(ticket);
        ctx.body = { errcode: 0, errmsg: "ok", ticket: access_token, expires_in };
      });
    },
  };
}
