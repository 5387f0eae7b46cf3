import { type Accident, isRunning, LETTERS } from "./accident.ts";
import { queuedSince } from "./application-effects.ts";
import { isAnswered } from "./determination.ts";
import {
  type Application,
  acceptedSince,
  guidanceHandler,
  isAnsweredRequest,
  lastApplication,
  lastGuidance,
  letterOf,
} from "./dispute.ts";
import type { DisputeAct } from "./dispute-act.ts";
import { type DisputeLimits, HOUR_MS, MINUTE_MS } from "./dispute-limits.ts";
import { guidanceQueuedSince } from "./guidance-effects.ts";
import type { LawfulTimes } from "./lawful-times.ts";
import { type LetterAct, wasReminded } from "./letter-acts.ts";

/** What the clock does in a case when nobody else does anything before. */
export interface Clock {
  at: Date;
  act: DisputeAct | LetterAct;
}

export type ClockLimits = { limits: DisputeLimits } & LawfulTimes;

/** Lists the clocks that run in a case, the first one first. */
export function clocksOf(accident: Accident, limits: ClockLimits): Clock[] {
  const clocks = isRunning(accident)
    ? [...guidanceClocks(accident, limits), ...applicationClocks(accident, limits)]
    : letterClocks(accident, limits);
  return clocks.sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** When a clock may run out next; null: none runs. */
export const dueAt = (accident: Accident, limits: ClockLimits): Date | null =>
  clocksOf(accident, limits)[0]?.at ?? null;

const after = (from: Date, amount: number, unitMs: number): Date => new Date(from.getTime() + amount * unitMs);

function guidanceClocks(accident: Accident, { limits }: ClockLimits): Clock[] {
  const guidance = lastGuidance(accident);
  const handler = guidanceHandler(accident);
  if (handler) {
    const at = after(handler.since, limits.untakenHours, HOUR_MS);
    return [{ at, act: { type: "release-late-guidance", by: "system" } }];
  }
  if (guidance?.state !== "asked" || guidance.lateAt) return [];
  const at = after(guidanceQueuedSince(guidance), limits.guidanceLateMin, MINUTE_MS);
  return [{ at, act: { type: "note-guidance-late", by: "system" } }];
}

function applicationClocks(accident: Accident, times: ClockLimits): Clock[] {
  const application = lastApplication(accident);
  if (!application) return [];
  const { limits } = times;
  const { state, proposedAt, lateAt, requests } = application;
  const by = "system" as const;
  const lapses = requests
    .filter((one) => !isAnsweredRequest(one))
    .map(({ until }): Clock => ({ at: until, act: { type: "lapse-evidence", by } }));
  switch (state) {
    case "proposed":
      return [{ at: after(proposedAt, limits.proposalMin, MINUTE_MS), act: { type: "lapse-proposal", by } }];
    case "applied": {
      const since = queuedSince(application);
      const late = after(since, limits.applicationLateMin, MINUTE_MS);
      return [
        ...(lateAt ? [] : [{ at: late, act: { type: "note-application-late", by } } as const]),
        { at: after(since, limits.untakenHours, HOUR_MS), act: { type: "return-untaken", by } },
        ...overdueClocks(application, times),
        ...lapses,
      ];
    }
    case "in-hand":
    case "evidence-asked":
      return [...overdueClocks(application, times), ...lapses];
    default:
      return [];
  }
}

/**
 * The days for the letter run from the first taking. When they are over both drivers are told, and its
 * officer loses it, but never sooner than `untakenHours` after taking it.
 */
function overdueClocks(application: Application, { limits, letterDue }: ClockLimits): Clock[] {
  const accepted = acceptedSince(application);
  if (!accepted) return [];
  const { overdueAt, handler } = application;
  const by = "system" as const;
  const due = letterDue(accepted);
  const clocks: Clock[] = overdueAt ? [] : [{ at: due, act: { type: "note-overdue", by } }];
  if (!handler) return clocks;
  const worked = after(handler.since, limits.untakenHours, HOUR_MS);
  return [...clocks, { at: worked > due ? worked : due, act: { type: "release-late-application", by } }];
}

function letterClocks(accident: Accident, { limits, serviceDue }: ClockLimits): Clock[] {
  const letter = letterOf(accident);
  if (!letter || accident.ended) return [];
  const by = "system" as const;
  const { number, issuedAt, served, serviceLateAt } = letter;
  const unreminded = LETTERS.filter((to) => !served[to] && !wasReminded(accident, number, to));
  const reminders = unreminded.map((to): Clock => {
    return { at: after(issuedAt, limits.letterReminderHours, HOUR_MS), act: { type: "remind", by, to } };
  });
  const isOpen = !serviceLateAt && !isAnswered(letter);
  return [
    ...reminders,
    ...(isOpen ? [{ at: serviceDue(issuedAt), act: { type: "note-service-late", by } } as const] : []),
  ];
}
