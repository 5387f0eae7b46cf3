import { remindOther } from "../actions/remind-other.ts";
import { LIFETIME_HOURS } from "../domain/expiry.ts";
import type { WaitingStep } from "../domain/journey.ts";
import { hasTime, LONG_WAIT_MS, mayRemind, WAITING_STEPS } from "../domain/waiting.ts";
import { type PageRequest, type PartyPage, pageUrl, type StepPage } from "./page.ts";
import { minutesBetween, timeText } from "./times.ts";

const HALF_SIGNED_MS = LIFETIME_HOURS * 3600_000;

type Asked = Pick<PageRequest, "ctx" | "view" | "person" | "t">;

/** A useful thing to do meanwhile, and its page. */
interface Act {
  label: string;
  href: string;
}

function show(request: PageRequest, step: WaitingStep): object {
  const { ctx, view, person, t } = request;
  const now = ctx.clock.now();
  const text = (at: Date) => timeText(at, now, person.language);
  const { since, remindedAt } = view.waiting;
  const signedAt = view.me.signature?.signedAt;
  const key = `h5.wait.${step}` as const;
  const mayAsk = mayRemind(view.waiting, now);
  return {
    title: t(`${key}.title`),
    what: t(`${key}.what`),
    meanwhile: [t(`${key}.do1`), t(`${key}.do2`)],
    acts: actsOf(request),
    long: now.getTime() - since.getTime() >= LONG_WAIT_MS,
    mayRemind: mayAsk,
    reminded: remindedAt && !mayAsk ? text(remindedAt) : null,
    until: signedAt ? text(new Date(signedAt.getTime() + HALF_SIGNED_MS)) : null,
  };
}

/** What helps most comes first: it is the page's button until a reminder may be sent. */
function actsOf({ view, t }: PageRequest): Act[] {
  const base = pageUrl(view.id);
  if (!hasTime(view.step)) return [{ label: t("h5.signed.see"), href: `${base}/signed` }];
  const details = `${base}/details`;
  const isPolicyMissing = view.me.details?.policyNumber === null;
  const policy = { label: t("h5.wait.act.policy"), href: `${details}#field-policyNumber` };
  const photo = { label: t("h5.wait.act.photo"), href: `${base}/extras` };
  const check = { label: t("h5.wait.act.check"), href: details };
  return isPolicyMissing ? [policy, photo] : [photo, check];
}

/** When the waiting of a step began; null at a step without waiting. */
function waitingSince({ waiting, dispute }: Asked["view"], step: string): Date | null {
  if (step === "decision") return dispute?.application?.appliedAt ?? null;
  return WAITING_STEPS.some((one) => one === step) ? waiting.since : null;
}

/** Says since when and how long this driver has been waiting; "" at a step without waiting. */
export function waitedText({ ctx, view, person, t }: Asked, step: string): string {
  const since = waitingSince(view, step);
  if (!since) return "";
  const now = ctx.clock.now();
  const time = timeText(since, now, person.language);
  const minutes = minutesBetween(since, now);
  if (minutes === 0) return t("h5.wait.since.now", { time });
  if (minutes < 60) return t("h5.wait.since.minutes", { time, n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t("h5.wait.since.hours", { time, h: hours, n: minutes % 60 });
  return t("h5.wait.since.days", { time, d: Math.floor(hours / 24), h: hours % 24 });
}

/**
 * Says what is awaited, from whom, since when, and what to do meanwhile; after five minutes offers a reminder
 * and the ways out.
 */
export const waitPage = (step: WaitingStep): StepPage => ({
  template: "h5/wait.njk",
  show: (request) => show(request, step),
});

export const remindPage: PartyPage = {
  path: "remind",
  openWith: WAITING_STEPS,
  submit: ({ ctx, party }) => remindOther(ctx, party),
};
