import { remindOther } from "../actions/remind-other.ts";
import { LIFETIME_HOURS } from "../domain/expiry.ts";
import type { WaitingStep } from "../domain/journey.ts";
import { LONG_WAIT_MS, mayRemind, WAITING_STEPS } from "../domain/waiting.ts";
import type { PageRequest, PartyPage, StepPage } from "./page.ts";
import { minutesBetween, timeText } from "./times.ts";

const HALF_SIGNED_MS = LIFETIME_HOURS * 3600_000;

function show({ ctx, view, person, t }: PageRequest, step: WaitingStep): object {
  const now = ctx.clock.now();
  const text = (at: Date) => timeText(at, now, person.language);
  const { since, remindedAt } = view.waiting;
  const signedAt = view.me.signature?.signedAt;
  const key = `h5.wait.${step}` as const;
  return {
    title: t(`${key}.title`),
    what: t(`${key}.what`),
    meanwhile: [t(`${key}.do1`), t(`${key}.do2`)],
    since: text(since),
    minutes: minutesBetween(since, now),
    long: now.getTime() - since.getTime() >= LONG_WAIT_MS,
    reminded: remindedAt && !mayRemind(view.waiting, now) ? text(remindedAt) : null,
    until: signedAt ? text(new Date(signedAt.getTime() + HALF_SIGNED_MS)) : null,
  };
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
