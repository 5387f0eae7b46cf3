import Router from "@koa/router";
import type Koa from "koa";
import type { Context } from "../context.ts";
import { REASONS } from "../domain/access.ts";
import { LANGUAGES, type Language } from "../domain/accident.ts";
import { mayDo } from "../domain/officer.ts";
import { AppError, Busy, NotFound, NotSignedIn } from "../errors.ts";
import { readPosted, typedFields } from "../http/body.ts";
import { requireOwnOrigin } from "../http/csrf.ts";
import { answersInTime } from "../http/in-time.ts";
import { languageOf } from "../http/language.ts";
import { rememberLanguage } from "../http/language-cookie.ts";
import { noStore } from "../http/security-headers.ts";
import { seeOther } from "../http/see-other.ts";
import { errorSentence, sentence } from "../http/validate.ts";
import { accessLogPage } from "./access-log.ts";
import { accountsPage, closeAccountPage } from "./accounts.ts";
import { auditPage } from "./audit.ts";
import { auditSheetPage, drawPage } from "./audit-draw.ts";
import { findingPage } from "./audit-finding.ts";
import { CASE_ACT_PAGES } from "./case-acts.ts";
import { casePage } from "./case-page.ts";
import { determinePage, replacePage } from "./determine.ts";
import { sendLetter, sendPaper, sendPhoto } from "./files.ts";
import { guidePage } from "./guide.ts";
import { sendLetterPart } from "./letter-shown.ts";
import { lettersPage, reviewPage, servicePage } from "./letters.ts";
import { allowedFrom } from "./networks.ts";
import { type AnyDeskPage, getDeskPage, postDeskPage, renderDesk } from "./page.ts";
import { sendCasePrint } from "./print.ts";
import { queuePage, sendQueueRows } from "./queue.ts";
import { queueStream } from "./queue-stream.ts";
import { searchPage } from "./search.ts";
import { officerOf, withOfficer } from "./session.ts";
import { passwordSignIn } from "./sign-in.ts";
import { enterDesk, leaveDesk, type SignInWay } from "./sign-in-way.ts";
import { spotCorrectionPage, spotLetterPage } from "./spot-letter.ts";

export const DESK_PAGES: readonly AnyDeskPage[] = [
  queuePage,
  ...CASE_ACT_PAGES,
  guidePage,
  determinePage,
  replacePage,
  lettersPage,
  servicePage,
  reviewPage,
  spotLetterPage,
  spotCorrectionPage,
  searchPage,
  casePage,
  auditPage,
  drawPage,
  auditSheetPage,
  findingPage,
  accountsPage,
  closeAccountPage,
  accessLogPage,
];

/** Everything under /police: the officers' desk, behind one way to sign in. */
export function policeRouter(ctx: Context, signIn: SignInWay = passwordSignIn(ctx)): Router {
  const router = new Router({ prefix: "/police" });
  const isAllowed = allowedFrom(ctx.config.police.allowFrom);
  // before the desk's own error page: elsewhere nothing says that there is a desk
  router.use((koa, next) => {
    if (!isAllowed(koa.ip)) throw new NotFound();
    return next();
  });
  router.use(noStore, deskErrors(ctx), answersInTime(ctx));
  router.use(withOfficer(ctx));
  router.get("/", (koa) => seeOther(koa, homeOf(koa)));
  signIn.addTo(router, enterDesk(ctx));
  router.post("/sign-out", (koa) => leaveDesk(ctx, koa));
  router.post("/language", (koa) => changeLanguage(ctx, koa));
  for (const page of DESK_PAGES) {
    if (page.show) router.get(`/${page.path}`, getDeskPage(ctx, page));
    if (page.submit) router.post(`/${page.path}`, postDeskPage(ctx, page));
  }
  router.get("/queue/rows", (koa) => sendQueueRows(ctx, koa));
  router.get("/queue/stay", (koa) => sendQueueRows(ctx, koa));
  router.get("/queue/stream", queueStream(ctx));
  router.get("/cases/:id/photos/:photo/:size", (koa) => sendPhoto(ctx, koa));
  for (const mode of ["determine", "replace"] as const)
    router.post(`/cases/:id/${mode}/letter`, (koa) => sendLetterPart(ctx, koa, mode));
  router.get("/cases/:id/letters/:letter", (koa) => sendLetter(ctx, koa));
  router.get("/cases/:id/print.pdf", (koa) => sendCasePrint(ctx, koa));
  router.get("/cases/:id/agreement.pdf", (koa) => sendPaper(ctx, koa));
  return router;
}

function homeOf(koa: Koa.Context): string {
  return mayDo(officerOf(koa).role, "read-case") ? "/police/queue" : "/police/accounts";
}

/**
 * Leads whoever is not signed in to the sign-in and back; other faults are a page of the desk, from which a
 * form can be sent again that met no database, or a session that had ended.
 */
function deskErrors(ctx: Context): Koa.Middleware {
  return async (koa, next) => {
    try {
      await next();
    } catch (error) {
      if (error instanceof NotSignedIn && koa.method === "GET")
        return seeOther(koa, `/police/sign-in?to=${encodeURIComponent(koa.originalUrl)}`);
      if (!(error instanceof AppError)) throw error;
      const t = ctx.render.words(languageOf(koa));
      const isAsked = error.code === "no-reason";
      koa.status = error.status;
      renderDesk(ctx, koa, "police/error.njk", {
        title: isAsked
          ? t("police.error.reason")
          : sentence(t, `h5.errors.title.${error.status}`, {}, "h5.errors.title.500"),
        message: t.find(`police.errors.${error.code}`) ?? errorSentence(t, error.code, {}, `h5.errors.${error.status}`),
        again: error instanceof Busy || error instanceof NotSignedIn ? await typedFields(koa) : null,
        mustSignIn: error instanceof NotSignedIn,
        // a file whose address lacks the reason is asked for again with one
        reasons: isAsked ? REASONS : [],
        path: koa.path,
      });
    }
  };
}

async function changeLanguage(ctx: Context, koa: Koa.Context): Promise<void> {
  requireOwnOrigin(ctx, koa);
  const { fields } = await readPosted(koa);
  const language = LANGUAGES.find((one): one is Language => one === fields["language"]);
  if (language) rememberLanguage(ctx, koa, language);
  seeOther(koa, "/police");
}
