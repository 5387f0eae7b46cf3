import { LIFETIME_HOURS } from "../actions/expire-accidents.ts";
import { remindOther } from "../actions/remind-other.ts";
import type { Step } from "../domain/journey.ts";
import { LONG_WAIT_MS, mayRemind, remindedAt, WAITING_STEPS, waitingSince } from "../domain/waiting.ts";
import type { PageRequest, PartyPage, StepPage } from "./page.ts";
import { minutesBetween, timeText } from "./times.ts";

const HALF_SIGNED_MS = LIFETIME_HOURS * 3600_000;

function show({ ctx, accident, letter, view, person }: PageRequest): object {
  const now = ctx.clock.now();
  const text = (at: Date) => timeText(at, now, person.language);
  const since = waitingSince(accident, letter);
  const signedAt = view.me.signature?.signedAt;
  const reminded = remindedAt(accident, letter);
  return {
    since: text(since),
    minutes: minutesBetween(since, now),
    long: now.getTime() - since.getTime() >= LONG_WAIT_MS,
    reminded: reminded && !mayRemind(accident, letter, now) ? text(reminded) : null,
    until: signedAt ? text(new Date(signedAt.getTime() + HALF_SIGNED_MS)) : null,
  };
}

const waitPage = (step: Step): StepPage => ({ step, template: "settle/wait.njk", show });

/** Nobody waits on an empty page: what is awaited, from whom, since when, and what to do meanwhile; after five minutes a reminder and the ways out. */
export const waitPages: StepPage[] = WAITING_STEPS.map(waitPage);

export const remindPage: PartyPage = {
  path: "remind",
  openAt: WAITING_STEPS,
  submit: ({ ctx, accident, letter }) => remindOther(ctx, { accidentId: accident.id, letter }),
};
