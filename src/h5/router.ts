import Router from "@koa/router";
import type Koa from "koa";
import type { Context } from "../context.ts";
import { BRAKES, WRONG_DIGITS } from "../domain/brakes.ts";
import { STEPS } from "../domain/journey.ts";
import { whilePaced } from "../http/body-pace.ts";
import { macOf } from "../http/cookies.ts";
import { answersInTime } from "../http/in-time.ts";
import { networkOf } from "../http/network.ts";
import { ofRequest } from "../http/of-request.ts";
import { countPaced } from "../http/pace.ts";
import { noStore } from "../http/security-headers.ts";
import { seeOther } from "../http/see-other.ts";
import { withSession } from "../http/session.ts";
import { withUploadShare } from "../http/upload-share.ts";
import { absentPage } from "./absent.ts";
import { agreementFiles } from "./agreement-files.ts";
import { casePage } from "./case.ts";
import { casesPage } from "./cases.ts";
import { consentPage } from "./consent.ts";
import { getFile, getPage, getSignedFile, postPage } from "./controller.ts";
import { extrasPage } from "./extras.ts";
import { feedbackPage } from "./feedback.ts";
import { postForm, showForm } from "./form.ts";
import { forwardingPage } from "./forwarding.ts";
import { digitsForm, joinForm, openInvitation, refuseInvitation, sendInvitedScene, typedBefore } from "./join.ts";
import { letterFiles, letterPaperPage } from "./letter.ts";
import { licencePage } from "./licence.ts";
import { invitationFile, liveFile, streamRoute } from "./live.ts";
import { myDataForm, sendMyData } from "./my-data.ts";
import type { AnyPartyPage, PartyFile } from "./page.ts";
import { paperPage } from "./paper.ts";
import { handoutFile, photoFile } from "./photo-file.ts";
import { swapPage } from "./photos.ts";
import { photosLiveFile } from "./photos-live.ts";
import { positionPage } from "./positions.ts";
import { changeLanguage, endPage, helpPage, privacyPage } from "./public-pages.ts";
import { agreeEndPage, resumePage } from "./resume.ts";
import { comeBack, signedIn, signIn } from "./sign-in.ts";
import { signedOutPage, signOut } from "./sign-out.ts";
import { signedPage, takeBackPage } from "./signed.ts";
import { entryUrl, runningUrl, startForm } from "./start.ts";
import { STEP_PAGES } from "./step-pages.ts";
import { uploadRoutes } from "./uploads.ts";
import { remindPage } from "./wait.ts";
import { invitationPage, removeOtherPage, wayOutPage } from "./way-out.ts";
import { waysPage } from "./ways.ts";

/** Pages of a case that belong to no step (those of steps: step-pages.ts). */
export const PARTY_PAGES: readonly AnyPartyPage[] = [
  casePage,
  consentPage,
  wayOutPage,
  waysPage,
  removeOtherPage,
  invitationPage,
  swapPage,
  positionPage,
  extrasPage,
  licencePage,
  remindPage,
  resumePage,
  agreeEndPage,
  signedPage,
  takeBackPage,
  forwardingPage,
  feedbackPage,
  paperPage,
  letterPaperPage,
];
/** Files that another program may open by a signed link. */
const SIGNED_FILES: PartyFile[] = [...agreementFiles, ...letterFiles, handoutFile];
/** … and files. */
export const PARTY_FILES: PartyFile[] = [
  liveFile,
  invitationFile,
  photosLiveFile,
  photoFile,
  ...agreementFiles,
  ...letterFiles,
];

/** Everything under /h5. */
export function h5Router(ctx: Context): Router {
  const router = new Router({ prefix: "/h5" });
  router.use(noStore, paced(ctx), answersInTime(ctx), withSession(ctx));
  publicRoutes(ctx, router);
  router.use(signedIn(), withUploadShare());
  beginningRoutes(ctx, router);
  partyRoutes(ctx, router);
  return router;
}

const paced =
  ({ timer }: Context): Koa.Middleware =>
  (koa, next) =>
    whilePaced(timer, koa, next);

/** Answers each request in a context of its own. */
const inOwnContext =
  (ctx: Context) =>
  (answer: (own: Context, koa: Koa.Context) => unknown): Koa.Middleware =>
  (koa) =>
    answer(ofRequest(ctx, koa), koa);

function publicRoutes(ctx: Context, router: Router): void {
  const each = inOwnContext(ctx);
  const braked: Koa.Middleware = async (koa, next) => {
    // an address is a person's: only its digest is kept
    const whose = macOf(ctx.config.keys.session, "network", networkOf(koa.ip));
    await countPaced(ctx, { pace: "signIns", whose });
    await next();
  };
  router.get("/signin", braked, each(signIn));
  router.get("/oauth", braked, each(comeBack));
  router.post("/signout", each(signOut));
  router.get("/signed-out", each(signedOutPage));
  router.get("/privacy", each(privacyPage));
  router.get("/way-out", each(helpPage));
  router.get("/ends/:code", each(endPage));
  for (const file of SIGNED_FILES) router.get(`/files/:id/:letter/${file.path}`, getSignedFile(ctx, file));
  router.post("/language", each(changeLanguage));
}

function beginningRoutes(ctx: Context, router: Router): void {
  const each = inOwnContext(ctx);
  router.get(
    "/",
    each(async (own, koa) => seeOther(koa, await entryUrl(own, koa))),
  );
  const showStart = async (own: Context, koa: Koa.Context) => {
    const running = await runningUrl(own, koa);
    if (running) return seeOther(koa, running);
    showForm(own, koa, startForm(own, koa));
  };
  router.get("/start", each(showStart));
  router.post(
    "/start",
    each((own, koa) => postForm(own, koa, startForm(own, koa))),
  );
  router.get(
    "/my-data",
    each(async (own, koa) => showForm(own, koa, await myDataForm(own, koa))),
  );
  router.post(
    "/my-data",
    each(async (own, koa) => postForm(own, koa, await myDataForm(own, koa))),
  );
  router.get("/my-data.json", each(sendMyData));
  router.get("/cases", each(casesPage));
  const showDigits = async (own: Context, koa: Koa.Context) => {
    if (await own.tries.hasRoom(WRONG_DIGITS, BRAKES.wrongDigits, own.clock.now()))
      return showForm(own, koa, digitsForm(), { values: typedBefore(koa) });
    refuseInvitation(own, koa, { status: 429, reason: "digits-off", digits: "" });
  };
  router.get("/join", each(showDigits));
  router.post(
    "/join",
    each((own, koa) => postForm(own, koa, digitsForm())),
  );
  const showJoin = async (own: Context, koa: Koa.Context) => {
    const invited = await openInvitation(own, koa, String(koa.params["code"]));
    if (invited) showForm(own, koa, joinForm(own, koa, invited));
  };
  router.get("/join/:code", each(showJoin));
  router.get("/join/:code/scene.jpg", each(sendInvitedScene));
  const join = async (own: Context, koa: Koa.Context) => {
    const invited = await openInvitation(own, koa, String(koa.params["code"]));
    if (invited) await postForm(own, koa, joinForm(own, koa, invited));
  };
  router.post("/join/:code", each(join));
}

function partyRoutes(ctx: Context, router: Router): void {
  const base = "/accidents/:id";
  router.use(base, absentPage(ctx));
  for (const page of PARTY_PAGES) {
    const path = page.path === "" ? base : `${base}/${page.path}`;
    router.get(path, getPage(ctx, page));
    if (page.submit) router.post(path, postPage(ctx, page));
  }
  for (const step of STEPS) {
    const page = STEP_PAGES[step];
    if (!page) continue;
    const opened = { ...page, openWith: [step] };
    router.get(`${base}/${step}`, getPage(ctx, opened));
    if (page.submit) router.post(`${base}/${step}`, postPage(ctx, opened));
  }
  uploadRoutes(ctx, router);
  router.get(`${base}/stream`, streamRoute(ctx));
  for (const file of PARTY_FILES) router.get(`${base}/${file.path}`, getFile(ctx, file));
}
