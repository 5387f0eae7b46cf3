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
export const createTokens = (options: { account: Account; now: () => number }): Tokens => new Issuer(options);

class Issuer implements Tokens {
  readonly issued = { stable: 0, forced: 0, plain: 0, tickets: 0 };
  readonly #account: Account;
  readonly #now: () => number;
  readonly #valid = new Map<string, number>();
  readonly #dead = new Set<string>();
  #stable: Issued | null = null;
  #plain: Issued | null = null;
  #ticket: Issued | null = null;
  #forcedAt: number[] = [];

  constructor({ account, now }: { account: Account; now: () => number }) {
    this.#account = account;
    this.#now = now;
  }

  readonly expireTokens = (): void => {
    for (const value of this.#valid.keys()) this.#valid.set(value, this.#now());
    for (const token of [this.#stable, this.#plain, this.#ticket]) if (token) token.expiresAt = this.#now();
  };

  readonly invalidateTokens = ({ stuck }: { stuck: boolean } = { stuck: false }): void => {
    for (const value of this.#valid.keys()) this.#dead.add(value);
    if (!stuck) this.#stable = null;
    this.#plain = null;
  };

  readonly authorised: Middleware = (ctx, next) => {
    this.#check(typeof ctx.query["access_token"] === "string" ? ctx.query["access_token"] : undefined);
    return next();
  };

  routes(router: Router): void {
    router.post("/cgi-bin/stable_token", async (ctx) => {
      const order = await readJsonBody(ctx);
      this.#checkAccount(order["appid"], order["secret"]);
      if (order["grant_type"] !== "client_credential") throw new Refusal(40002, "invalid grant_type");
      this.issued.stable += 1;
      if (order["force_refresh"] === true) this.#stable = this.#force();
      // In its last five minutes a token gets a successor, and both are valid.
      if (!this.#stable || this.#now() >= this.#stable.expiresAt - OVERLAP_MS) this.#stable = this.#issue();
      ctx.body = this.#answer(this.#stable);
    });
    router.get("/cgi-bin/token", (ctx) => {
      this.#checkAccount(ctx.query["appid"], ctx.query["secret"]);
      this.issued.plain += 1;
      const plain = this.#plain;
      if (plain) this.#valid.set(plain.value, Math.min(plain.expiresAt, this.#now() + OVERLAP_MS));
      this.#plain = this.#issue();
      ctx.body = this.#answer(this.#plain);
    });
  }

  authorisedRoutes(router: Router): void {
    router.get("/cgi-bin/ticket/getticket", (ctx) => {
      if (ctx.query["type"] !== "jsapi") throw new Refusal(40097, "invalid args");
      this.issued.tickets += 1;
      if (!this.#ticket || this.#now() >= this.#ticket.expiresAt) {
        this.#ticket = { value: randomBytes(64).toString("base64url"), expiresAt: this.#now() + LIFE_MS };
      }
      const { access_token, expires_in } = this.#answer(this.#ticket);
      ctx.body = { errcode: 0, errmsg: "ok", ticket: access_token, expires_in };
    });
  }

  #issue(): Issued {
    for (const [value, until] of this.#valid) if (until + DAY_MS < this.#now()) this.#valid.delete(value);
    const token = { value: randomBytes(102).toString("base64url"), expiresAt: this.#now() + LIFE_MS };
    this.#valid.set(token.value, token.expiresAt);
    return token;
  }

  #answer({ value, expiresAt }: Issued) {
    return { access_token: value, expires_in: Math.floor((expiresAt - this.#now()) / 1000) };
  }

  #checkAccount(appid: unknown, secret: unknown): void {
    if (appid !== this.#account.appid) throw new Refusal(40013, "invalid appid");
    if (secret !== this.#account.secret) throw new Refusal(40125, "invalid appsecret");
  }

  #force(): Issued {
    const now = this.#now();
    this.#forcedAt = this.#forcedAt.filter((at) => now - at < DAY_MS);
    if (this.#forcedAt.length >= FORCES_PER_DAY) throw new Refusal(45009, "reach max api daily quota limit");
    if (now - (this.#forcedAt.at(-1) ?? 0) < FORCE_GAP_MS) throw new Refusal(45011, "api minute-quota reach limit");
    this.#forcedAt.push(now);
    this.issued.forced += 1;
    if (this.#stable) this.#valid.delete(this.#stable.value);
    return this.#issue();
  }

  #check(value: string | undefined): void {
    if (!value) throw new Refusal(41001, "access_token missing");
    if (value.length < 64) throw new Refusal(40014, "invalid access_token");
    const until = this.#valid.get(value);
    if (until === undefined || this.#dead.has(value)) {
      throw new Refusal(40001, "invalid credential, access_token is invalid or not latest");
    }
    if (this.#now() >= until) throw new Refusal(42001, "access_token expired");
  }
}
