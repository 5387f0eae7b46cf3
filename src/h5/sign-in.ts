import { randomBytes } from "node:crypto";
import Joi from "joi";
import type Koa from "koa";
import { chooseLanguage } from "../actions/choose-language.ts";
import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { Invalid, NotSignedIn, Upstream } from "../errors.ts";
import { macOf, readCookie, readValue, sameSecret, sessionKeysOf, setCookie, signValue } from "../http/cookies.ts";
import { wantsJson } from "../http/errors.ts";
import { askedLanguage } from "../http/language-cookie.ts";
import { countPaced } from "../http/pace.ts";
import { seeOther, seeOtherUntaken } from "../http/see-other.ts";
import { findPerson, isIdle, personOf, startSession } from "../http/session.ts";
import { safePath } from "./paths.ts";

/** State kept between leaving for the platform and coming back: bound to this browser, not to a server. */
interface Pending {
  state: string;
  to: string;
  expiresAt: number;
}

const COOKIE = "kc_oauth";
const PURPOSE = "oauth";
const LIFE_S = 600;
/** A state that ends so is the second attempt: after it nothing is tried again. */
const AGAIN = "again";

const schema = Joi.object<Pending>({
  state: Joi.string().required(),
  to: Joi.string().required(),
  expiresAt: Joi.number().required(),
});

/** Sends the browser to WeChat, which sends it back with a code (snsapi_base: nobody is asked anything). */
export function signIn(ctx: Context, koa: Koa.Context): void {
  leave(ctx, koa, { to: safePath(koa.query["to"]), again: koa.query["again"] === "1" });
}

function leave(ctx: Context, koa: Koa.Context, { to, again }: { to: string; again: boolean }): void {
  const state = randomBytes(16).toString("hex") + (again ? AGAIN : "");
  const pending: Pending = { state, to, expiresAt: ctx.clock.now().getTime() + LIFE_S * 1000 };
  const value = signValue(ctx.config.keys.session, PURPOSE, pending);
  setCookie(koa, ctx.config, { name: COOKIE, value, maxAgeS: LIFE_S });
  // the way back knows its target even where the cookie is lost
  const redirectUri = `${ctx.config.publicUrl}/h5/oauth?to=${encodeURIComponent(to)}`;
  seeOther(koa, ctx.wechat.authorizeUrl({ redirectUri, state, scope: "snsapi_base" }));
}

/**
 * Answers the return from WeChat: the code becomes a person and a new session. A return that has been used,
 * by "back" or by a second call, leads a driver who is signed in to the target; else the sign-in starts
 * again, once.
 */
export async function comeBack(ctx: Context, koa: Koa.Context): Promise<void> {
  const { code, state } = koa.query;
  const pending = readPending(ctx, koa);
  const given = typeof state === "string" ? state : "";
  const to = safePath(koa.query["to"] ?? pending?.to);
  const isOurs = pending !== null && sameSecret(given, pending.state) && (await isFirstUse(ctx, pending));
  const openid = isOurs && typeof code === "string" ? await exchange(ctx, code) : null;
  if (openid === null) {
    if (findPerson(koa)) return seeOther(koa, to);
    if (given.endsWith(AGAIN)) throw new NotSignedIn("sign-in-failed");
    return seeOther(koa, `/h5/signin?again=1&to=${encodeURIComponent(to)}`);
  }
  setCookie(koa, ctx.config, { name: COOKIE, value: "", maxAgeS: 0 });
  const person = await ctx.people.see(openid);
  await countPaced(ctx, { pace: "signInsOfPerson", whose: person.id });
  startSession(ctx, koa, person);
  await speakAsAsked(ctx, koa, person);
  seeOther(koa, to);
}

/** A phone that asks for another language than the account's gets it, until its driver chooses one. */
async function speakAsAsked(ctx: Context, koa: Koa.Context, person: Person): Promise<void> {
  const language = askedLanguage(koa);
  if (!person.choseLanguage && language !== person.language) await chooseLanguage(ctx, { person, language });
}

/** A state is good for one return, whichever process answers it. */
const isFirstUse = (ctx: Context, { state, expiresAt }: Pending): Promise<boolean> =>
  ctx.tries.count(`oauth/${macOf(ctx.config.keys.session, PURPOSE, state)}`, 1, expiresAt);

function readPending(ctx: Context, koa: Koa.Context): Pending | null {
  const { error, value } = schema.validate(
    readValue(sessionKeysOf(ctx.config), PURPOSE, readCookie(koa, ctx.config, COOKIE)),
  );
  return error || !value || value.expiresAt <= ctx.clock.now().getTime() ? null : value;
}

/**
 * null: this code is worth nothing (any more). A platform that does not answer is another matter and is said
 * so.
 */
async function exchange(ctx: Context, code: string): Promise<string | null> {
  try {
    return (await ctx.wechat.exchangeCode(code)).openid;
  } catch (error) {
    if (error instanceof Invalid) return null;
    if (error instanceof Upstream && !error.retryable) return null;
    throw error;
  }
}

/** Requires a session in use: a page is shown after the sign-in, a post leads back to its page. */
export function signedIn(): Koa.Middleware {
  return async (koa, next) => {
    if (koa.state["person"] && !isIdle(koa)) return next();
    if (wantsJson(koa)) personOf(koa);
    seeOtherUntaken(koa, `/h5/signin?to=${encodeURIComponent(koa.method === "GET" ? koa.originalUrl : koa.path)}`);
  };
}
