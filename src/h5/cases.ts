import type Koa from "koa";
import type { Context } from "../context.ts";
import type { Language } from "../domain/accident.ts";
import { saidStep } from "../domain/dispute-view.ts";
import { type View, viewOf } from "../domain/view.ts";
import { personOf } from "../http/session.ts";
import type { Translate } from "../render.ts";
import { claimLine } from "./claims.ts";
import { pageUrl } from "./page.ts";
import { letterOf } from "./paths.ts";
import { renderPage } from "./render.ts";
import { isOpen } from "./resume.ts";
import { dayTimeText } from "./times.ts";

/** Cases shown, the latest; older ones are found by their links in the chat. */
const MOST = 50;

interface Reader {
  ctx: Context;
  t: Translate;
  language: Language;
}

/** "My cases": those that run, those that are settled with paper, claim and amount, those that have ended. */
export async function casesPage(ctx: Context, koa: Koa.Context): Promise<void> {
  const person = personOf(koa);
  const { catalogue } = ctx.config.rules;
  const views = (await ctx.accidents.listByPerson(person, MOST)).flatMap((accident) => {
    const letter = letterOf(accident, person);
    return letter ? [viewOf(accident, letter, catalogue)] : [];
  });
  const { language } = person;
  const reader = { ctx, t: ctx.render.words(language), language };
  const lines = (which: (view: View) => boolean) => views.filter(which).map((view) => lineOf(view, reader));
  const running = lines((view) => view.isRunning);
  renderPage(ctx, koa, "h5/cases.njk", {
    running,
    settled: lines(({ isSettled }) => isSettled),
    ended: lines(({ ended }) => ended !== null),
    goOn: running[0]?.url ?? null,
  });
}

function lineOf(view: View, { ctx, t, language }: Reader): { url: string } & Record<string, unknown> {
  const { id, number, step, openedAt, scene } = view;
  return {
    number,
    url: pageUrl(id, step),
    record: pageUrl(id),
    day: dayTimeText(openedAt, ctx.clock.now(), language),
    address: scene.address,
    state: isWithInsurer(view) ? claimState(view, { ctx, t, language }) : stateOf(view, { ctx, t, language }),
    paper: view.hasPictures ? pageUrl(id, "paper") : null,
    letter: view.dispute?.letter ? pageUrl(id, "letter") : null,
    amounts: isWithInsurer(view) ? amountsOf(view, { ctx, t, language }) : [],
  };
}

/** What is said of it is the claim: after a letter, once one went out. */
const isWithInsurer = ({ concludedAt, claims }: View): boolean => concludedAt !== null || claims.length > 0;

function stateOf(view: View, { ctx, t }: Reader): string {
  if (!view.ended) return t(`h5.case.step.${saidStep(view)}`);
  const title = t(`h5.ended.${view.ended.code}.title`);
  return isOpen(view, ctx.clock.now()) ? t("h5.cases.resumable", { title }) : title;
}

function claimState(view: View, { ctx, t, language }: Reader): string {
  const { claim, state, next } = claimLine(view, { config: ctx.config, now: ctx.clock.now(), language });
  if (claim?.status === "submitted" && claim.delivery !== "pending") return t(`h5.cases.${claim.delivery}`);
  if (claim) return t(`h5.claim.${claim.status}`);
  if (state === "rendering") return t("h5.claim.submitted");
  return t(next?.isOthers ? "h5.cases.others" : "h5.cases.own");
}

function amountsOf(view: View, { ctx, t, language }: Reader): string[] {
  const { claim } = claimLine(view, { config: ctx.config, now: ctx.clock.now(), language });
  return [
    ...(claim?.assessedYuan ? [t("h5.claim.assessedFen", { yuan: claim.assessedYuan })] : []),
    ...(claim?.paidYuan ? [t("h5.claim.paidFen", { yuan: claim.paidYuan })] : []),
  ];
}
