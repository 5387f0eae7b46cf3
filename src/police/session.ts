import { randomBytes } from "node:crypto";
import type Koa from "koa";
import type { Context } from "../context.ts";
import type { Officer } from "../domain/officer.ts";
import { isDemoNumber, SESSION_MS } from "../domain/officer.ts";
import { NotSignedIn } from "../errors.ts";
import { macOf, readCookie, sameSecret, sessionKeysOf, setCookie } from "../http/cookies.ts";

const COOKIE = "desk";

/** Starts a session under a new token, in place of this browser's last one; the database holds its hash. */
export async function startDeskSession(ctx: Context, koa: Koa.Context, officer: Officer): Promise<void> {
  const before = readCookie(koa, ctx.config, COOKIE);
  if (before) await ctx.officerSessions.end(before);
  const token = randomBytes(32).toString("base64url");
  await ctx.officerSessions.start({ token, officerId: officer.id }, ctx.clock.now());
  setCookie(koa, ctx.config, { name: COOKIE, value: token, maxAgeS: SESSION_MS / 1000, sameSite: "Strict" });
}

/** Ends the session on the server and in the browser. */
export async function endDeskSession(ctx: Context, koa: Koa.Context): Promise<void> {
  const token = readCookie(koa, ctx.config, COOKIE);
  if (token) await ctx.officerSessions.end(token);
  setCookie(koa, ctx.config, { name: COOKIE, value: "", maxAgeS: 0, sameSite: "Strict" });
}

/** What an open page asks for by itself: nobody need sit before it. */
const BY_ITSELF = /^\/police\/queue\/(?:rows|stream)$/;

/** Puts the signed-in officer and the form's token into the state; both null where nobody is signed in. */
export function withOfficer(ctx: Context): Koa.Middleware {
  return async (koa, next) => {
    const token = readCookie(koa, ctx.config, COOKIE);
    const look = BY_ITSELF.test(koa.path) ? ctx.officerSessions.peek : ctx.officerSessions.use;
    const session = token ? await look(token, ctx.clock.now()) : null;
    const officer = session && (await ctx.officers.find(session.officerId));
    const isOurs = officer !== null && (ctx.config.simulator || !isDemoNumber(officer.number));
    const isIn = token !== undefined && isOurs && officer.state === "active";
    koa.state.officer = isIn ? officer : null;
    koa.state.deskUntil = session?.until;
    koa.state.deskCsrf = isIn ? sessionKeysOf(ctx.config).map((key) => macOf(key, "desk-csrf", token)) : [];
    await next();
  };
}

export const findOfficer = (koa: Koa.Context): Officer | null =>
  (koa.state.officer as Officer | null | undefined) ?? null;

/** When the session ends if nothing is done before. */
export const sessionUntil = (koa: Koa.Context): Date | undefined => koa.state.deskUntil as Date | undefined;

/** throws NotSignedIn */
export function officerOf(koa: Koa.Context): Officer {
  const officer = findOfficer(koa);
  if (!officer) throw new NotSignedIn();
  return officer;
}

const tokensOf = (koa: Koa.Context): readonly string[] => (koa.state.deskCsrf as string[] | undefined) ?? [];

/** The token that a form of this session carries; "" where nobody is signed in. */
export const deskCsrf = (koa: Koa.Context): string => tokensOf(koa)[0] ?? "";

export function hasDeskToken(koa: Koa.Context, given: unknown): boolean {
  if (typeof given !== "string") return false;
  return tokensOf(koa)
    .map((expected) => sameSecret(given, expected))
    .includes(true);
}
