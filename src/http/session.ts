import { randomBytes } from "node:crypto";
import Joi from "joi";
import type Koa from "koa";
import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { NotSignedIn, Unreadable } from "../errors.ts";
import { readCookie, readValue, sessionKeysOf, setCookie, signValue } from "./cookies.ts";
import { guestLanguage } from "./language-cookie.ts";

export type { Person } from "../domain/accident.ts";

/**
 * The signed-in person. Nothing is stored on the server but the time before which sessions are void: the
 * cookie is signed, expires twelve hours after its last use, and a week after the sign-in.
 */
export interface Session {
  id: string;
  personId: string;
  /** sealed openid, base64url, for a person of whom nothing is stored yet */
  openid?: string;
  /** The way of signing in; another way gets its own name. */
  kind: "wechat";
  /** milliseconds since 1970, as the others */
  expiresAt: number;
  beganAt: number;
  /** when a page was last asked for or a form sent; what a script asks for by itself is no use */
  usedAt: number;
}

const COOKIE = "kc";
/** A session that is not used ends after this time. */
export const LIFE_MS = 12 * 3600_000;
const LONGEST_MS = 7 * 24 * 3600_000;
/** After this time without use a page is shown only after a new sign-in. */
export const IDLE_MS = 30 * 60_000;
/** The cookie is not written anew with every page. */
const RENEW_AFTER_MS = 60_000;
const PURPOSE = "session";

const schema = Joi.object<Session>({
  id: Joi.string().required(),
  personId: Joi.string().required(),
  openid: Joi.string(),
  kind: Joi.valid("wechat").required(),
  expiresAt: Joi.number().required(),
  // an older program's cookie was not renewed
  beganAt: Joi.number().default(({ expiresAt }: Session) => expiresAt - LIFE_MS),
  usedAt: Joi.number().default(({ expiresAt }: Session) => expiresAt - LIFE_MS),
});

/** Starts a session with a new id, so that an id planted before the sign-in is worthless after it. */
export function startSession(ctx: Context, koa: Koa.Context, person: Person): void {
  const at = ctx.clock.now().getTime();
  const id = randomBytes(16).toString("base64url");
  const openid = ctx.vault.sealOwn(placeOf(id), person.openid).toString("base64url");
  write(ctx, koa, { id, personId: person.id, openid, kind: "wechat", beganAt: at, usedAt: at });
}

/** Ends the session in this browser. */
export function endSession(ctx: Context, koa: Koa.Context): void {
  setCookie(koa, ctx.config, { name: COOKIE, value: "", maxAgeS: 0 });
}

function write(ctx: Context, koa: Koa.Context, session: Omit<Session, "expiresAt">): void {
  const expiresAt = Math.min(session.usedAt + LIFE_MS, session.beganAt + LONGEST_MS);
  const value = signValue(ctx.config.keys.session, PURPOSE, { ...session, expiresAt });
  setCookie(koa, ctx.config, { name: COOKIE, value, maxAgeS: Math.ceil((expiresAt - session.usedAt) / 1000) });
}

const placeOf = (sessionId: string) => `session/${sessionId}`;

/** The person of a session who has not agreed to the privacy notice; null where the cookie names nobody. */
function guestOf(ctx: Context, koa: Koa.Context, { id, personId, openid }: Session): Person | null {
  if (!openid) return null;
  try {
    const opened = ctx.vault.openOwn(placeOf(id), Buffer.from(openid, "base64url"));
    return { id: personId, openid: opened, language: guestLanguage(ctx, koa), isGuest: true };
  } catch (error) {
    // sealed under a DATA_KEY that was taken away since: signed in anew
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

function readSession(ctx: Context, koa: Koa.Context): Session | null {
  const value = readValue(sessionKeysOf(ctx.config), PURPOSE, readCookie(koa, ctx.config, COOKIE));
  const { error, value: session } = schema.validate(value);
  if (error || !session || session.expiresAt <= ctx.clock.now().getTime()) return null;
  return session;
}

/** A browser names HTML when it asks for a page; a picture or a script's request does not. */
const isPage = (koa: Koa.Context): boolean => koa.get("accept").includes("text/html");

/** True for a page that is asked for after half an hour without use: somebody else may hold the phone. */
export const isIdle = (koa: Koa.Context): boolean => koa.state["isIdle"] === true;

/** Puts session and person into the state, null when nobody is signed in; use renews the session. */
export function withSession(ctx: Context): Koa.Middleware {
  return async (koa, next) => {
    const session = readSession(ctx, koa);
    const found = session && ((await ctx.people.find(session.personId)) ?? guestOf(ctx, koa, session));
    const person = found?.sessionsFrom && session && session.beganAt < found.sessionsFrom.getTime() ? null : found;
    koa.state.session = person ? session : null;
    koa.state.person = person;
    if (person && session) renew(ctx, koa, session);
    await next();
  };
}

function renew(ctx: Context, koa: Koa.Context, session: Session): void {
  const at = ctx.clock.now().getTime();
  const unusedMs = at - session.usedAt;
  koa.state["isIdle"] = koa.method === "GET" && isPage(koa) && unusedMs > IDLE_MS;
  if (isPage(koa) && !isIdle(koa) && unusedMs >= RENEW_AFTER_MS) write(ctx, koa, { ...session, usedAt: at });
}

export const sessionOf = (koa: Koa.Context): Session | null =>
  (koa.state.session as Session | null | undefined) ?? null;

export function findPerson(koa: Koa.Context): Person | null {
  return (koa.state.person as Person | null | undefined) ?? null;
}

/** throws NotSignedIn */
export function personOf(koa: Koa.Context): Person {
  const person = findPerson(koa);
  if (!person) throw new NotSignedIn();
  return person;
}
