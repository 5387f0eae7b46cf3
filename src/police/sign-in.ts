import Joi from "joi";
import type Koa from "koa";
import { toDataURL } from "qrcode";
import { setUpAccount } from "../actions/set-up-account.ts";
import { signInOfficer } from "../actions/sign-in-officer.ts";
import type { Context } from "../context.ts";
import { AppError, NotFound, NotSignedIn } from "../errors.ts";
import { readPosted } from "../http/body.ts";
import { requireOwnOrigin } from "../http/csrf.ts";
import { languageOf } from "../http/language.ts";
import { seeOther } from "../http/see-other.ts";
import { typed, validate } from "../http/validate.ts";
import { faultOf, renderDesk, type Shown } from "./page.ts";
import { findOfficer } from "./session.ts";
import { type Enter, type SignInWay, safeTo } from "./sign-in-way.ts";

const code = Joi.string().replace(/\s/g, "").max(10).required();
const password = Joi.string().max(256).required();

const signInBody = Joi.object<{ number: string; password: string; code: string; to: string }>({
  number: Joi.string().trim().max(40).required(),
  password,
  code,
  to: Joi.string().allow("").max(512).default(""),
});

/** Number, password and second factor, by accounts of the desk. */
export const passwordSignIn = (ctx: Context): SignInWay => ({
  addTo(router, enter) {
    router.get("/sign-in", (koa) => showSignIn(ctx, koa));
    router.post("/sign-in", (koa) => postSignIn(ctx, koa, enter));
    router.get("/accounts/set-up/:token", (koa) => showSetUp(ctx, koa));
    router.post("/accounts/set-up/:token", (koa) => postSetUp(ctx, koa));
  },
});

function showSignIn(ctx: Context, koa: Koa.Context, data: Shown = {}): void {
  const to = safeTo(koa.query["to"]);
  if (findOfficer(koa) && koa.method === "GET") seeOther(koa, to);
  else renderDesk(ctx, koa, "police/sign-in.njk", { to, isSetUp: koa.query["set-up"] === "done", ...data });
}

/** Number, password and second factor in one form, so that every wrong one gets the same answer. */
async function postSignIn(ctx: Context, koa: Koa.Context, enter: Enter): Promise<void> {
  requireOwnOrigin(ctx, koa);
  const t = ctx.render.words(languageOf(koa));
  const { fields } = await readPosted(koa);
  const { password: _, code: __, ...values } = typed(fields);
  const checked = validate(signInBody, fields, t);
  koa.status = 422;
  if ("errors" in checked) return showSignIn(ctx, koa, { errors: checked.errors, values });
  const { to, ...given } = checked.body;
  try {
    const officer = await signInOfficer(ctx, { ...given, address: koa.ip });
    await enter(koa, officer, to);
  } catch (error) {
    if (!(error instanceof NotSignedIn)) throw error;
    koa.status = error.status;
    showSignIn(ctx, koa, { formError: t("police.signIn.wrong"), values });
  }
}

const setUpBody = Joi.object<{ password: string; code: string }>({ password, code });

/** Shows the second factor's QR code to whoever holds a living invitation. */
async function showSetUp(ctx: Context, koa: Koa.Context, data: Shown = {}): Promise<void> {
  const token = String(koa.params["token"]);
  const invited = await ctx.officers.findInvited(token, ctx.clock.now());
  if (!invited) throw new NotFound("invitation-gone");
  const uri = ctx.credentials.enrolmentUri(invited.secret, invited.officer.number);
  const shown = {
    token,
    invited: invited.officer,
    qr: await toDataURL(uri, { width: 240, margin: 2 }),
    secret: invited.secret,
  };
  renderDesk(ctx, koa, "police/set-up.njk", { ...shown, ...data });
}

async function postSetUp(ctx: Context, koa: Koa.Context): Promise<void> {
  requireOwnOrigin(ctx, koa);
  const t = ctx.render.words(languageOf(koa));
  const checked = validate(setUpBody, (await readPosted(koa)).fields, t);
  koa.status = 422;
  if ("errors" in checked) return showSetUp(ctx, koa, { errors: checked.errors });
  try {
    await setUpAccount(ctx, { ...checked.body, token: String(koa.params["token"]), address: koa.ip });
    seeOther(koa, "/police/sign-in?set-up=done");
  } catch (error) {
    if (!(error instanceof AppError) || typeof error.details["field"] !== "string") throw error;
    await showSetUp(ctx, koa, faultOf(error, t));
  }
}
