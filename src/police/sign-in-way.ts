import type Router from "@koa/router";
import type Koa from "koa";
import type { Context } from "../context.ts";
import type { Officer } from "../domain/officer.ts";
import { readPosted } from "../http/body.ts";
import { requireOwnOrigin } from "../http/csrf.ts";
import { seeOther } from "../http/see-other.ts";
import { endDeskSession, findOfficer, hasDeskToken, startDeskSession } from "./session.ts";

/** Begins the session of an officer whose account was proved, and leads to the page `to` of the desk. */
export type Enter = (koa: Koa.Context, officer: Officer, to: unknown) => Promise<void>;

/**
 * How officers prove which account is theirs: number, password and second factor (`sign-in.ts`). Another way,
 * such as the authority's own OpenID Connect provider, is another one of these, given to the router instead.
 */
export interface SignInWay {
  /** Adds its pages to the desk's router; it begins at /police/sign-in?to=PAGE. */
  addTo(router: Router, enter: Enter): void;
}

/** Only pages of the desk may follow a sign-in. */
export const safeTo = (to: unknown): string =>
  typeof to === "string" && /^\/police(?:[/?][\w/?=&.%-]*)?$/.test(to) && !to.includes("//") ? to : "/police";

export const enterDesk =
  (ctx: Context): Enter =>
  async (koa, officer, to) => {
    await startDeskSession(ctx, koa, officer);
    seeOther(koa, safeTo(to));
  };

export async function leaveDesk(ctx: Context, koa: Koa.Context): Promise<void> {
  requireOwnOrigin(ctx, koa);
  const officer = findOfficer(koa);
  const { fields } = await readPosted(koa);
  if (officer && hasDeskToken(koa, fields["_csrf"])) {
    const who = { officerId: officer.id, address: koa.ip, accidentId: null, reason: null };
    await ctx.accessLog.add({ ...who, act: "signed-out" });
    await endDeskSession(ctx, koa);
  }
  seeOther(koa, "/police/sign-in");
}
