import { randomBytes } from "node:crypto";
import Joi from "joi";
import type Koa from "koa";
import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { NotSignedIn } from "../errors.ts";
import { readCookie, readValue, setCookie, signValue } from "./cookies.ts";

export type { Person } from "../domain/accident.ts";

/** The signed-in person. Nothing is stored on the server: the cookie is signed and expires. */
export interface Session {
  id: string;
  personId: string;
  /** The way of signing in; another way gets its own name. */
  kind: "wechat";
  /** milliseconds since 1970 */
  expiresAt: number;
}

const COOKIE = "kc";
const LIFE_S = 12 * 3600;
const PURPOSE = "session";

const schema = Joi.object<Session>({
  id: Joi.string().required(),
  personId: Joi.string().required(),
  kind: Joi.valid("wechat").required(),
  expiresAt: Joi.number().required(),
});

/** Starts a session with a new id, so that an id planted before the sign-in is worthless after it. */
export function startSession(ctx: Context, koa: Koa.Context, person: Person): Session {
  const session: Session = {
    id: randomBytes(16).toString("base64url"),
    personId: person.id,
    kind: "wechat",
    expiresAt: ctx.clock.now().getTime() + LIFE_S * 1000,
  };
  const value = signValue(ctx.config.keys.session, PURPOSE, session);
  setCookie(koa, ctx.config, { name: COOKIE, value, maxAgeS: LIFE_S });
  return session;
}

function readSession(ctx: Context, koa: Koa.Context): Session | null {
  const value = readValue(ctx.config.keys.session, PURPOSE, readCookie(koa, ctx.config, COOKIE));
  const { error, value: session } = schema.validate(value);
  if (error || !session || session.expiresAt <= ctx.clock.now().getTime()) return null;
  return session;
}

/** Puts session and person into the state, null when nobody is signed in. */
export function withSession(ctx: Context): Koa.Middleware {
  return async (koa, next) => {
    const session = readSession(ctx, koa);
    const person = session && (await ctx.people.find(session.personId));
    koa.state.session = person ? session : null;
    koa.state.person = person;
    await next();
  };
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
