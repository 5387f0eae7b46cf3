import { LIFETIME_HOURS } from "../../actions/expire-accidents.ts";
import type { Step } from "../../domain/journey.ts";
import type { View } from "../../domain/view.ts";
import type { PageRequest, StepPage } from "../page.ts";
import { minutesBetween, timeText } from "./times.ts";

/** From then on the page offers the ways out. */
const LONG_MINUTES = 5;
const HALF_SIGNED_MS = LIFETIME_HOURS * 3600_000;

/** What the driver did last is when his waiting began. */
function waitingSince(view: View): Date {
  return view.me.signature?.signedAt ?? view.me.statement?.statedAt ?? view.openedAt;
}

function show({ ctx, view, person }: PageRequest): object {
  const now = ctx.clock.now();
  const since = waitingSince(view);
  const minutes = minutesBetween(since, now);
  const signedAt = view.me.signature?.signedAt;
  return {
    since: timeText(since, now, person.language),
    minutes,
    long: minutes >= LONG_MINUTES,
    until: signedAt ? timeText(new Date(signedAt.getTime() + HALF_SIGNED_MS), now, person.language) : null,
  };
}

const waitPage = (step: Step): StepPage => ({ step, template: "settle/wait.njk", show });

/** Nobody waits on an empty page: what is awaited, from whom, since when, and what to do meanwhile. */
export const waitPages: StepPage[] = [waitPage("wait-details"), waitPage("wait-statement"), waitPage("wait-signature")];
