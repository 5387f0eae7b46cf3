import { Conflict, Invalid } from "../errors.ts";
import { otherOf } from "./accident.ts";
import type { DisputeRules } from "./act-on-dispute.ts";
import { requireCalm } from "./brakes.ts";
import type { Determination } from "./determination.ts";
import {
  type Application,
  acceptedSince,
  type EvidenceRequest,
  isAnsweredRequest,
  isDisagreement,
  NOT_OURS,
  openRequests,
} from "./dispute.ts";
import type { ActNamed, DisputeAct } from "./dispute-act.ts";
import { HOUR_MS, hasPassed, MINUTE_MS } from "./dispute-limits.ts";
import type { APPLICATION_ACTS } from "./dispute-table.ts";
import { type Effect, known, type Standing, toBoth } from "./guidance-effects.ts";
import { notice } from "./notice.ts";
import { requireSound } from "./sound-letter.ts";

export type ApplicationEffect<Act = DisputeAct> = (
  standing: Standing<Application, Act>,
) => Effect<Application & { isNew?: true }> & { determination?: Determination };

const requireTrue = (holds: boolean): void => {
  if (!holds) throw new Conflict("wrong-step");
};

const withRequest = (value: Application, id: number, change: Partial<EvidenceRequest>): Application => ({
  ...value,
  requests: value.requests.map((one) => (one.id === id ? { ...one, ...change } : one)),
});

export const APPLICATION_EFFECTS: {
  [Name in keyof typeof APPLICATION_ACTS]: ApplicationEffect<ActNamed<Name>>;
} = {
  propose: ({ accident, act, rules }) => {
    requireTrue(isDisagreement(accident, rules.catalogue));
    requireCalm(accident, act.by, rules.at);
    return {
      value: {
        state: "proposed",
        proposedBy: act.by,
        proposedAt: rules.at,
        appliedAt: null,
        handler: null,
        requests: [],
        returned: null,
        lateAt: null,
        isNew: true,
      },
      outbox: [notice(accident, otherOf(act.by), "application-proposed")],
    };
  },
  agree: ({ accident, before, act, rules }) => {
    const value = known(before);
    requireTrue(value.proposedBy !== act.by && isDisagreement(accident, rules.catalogue));
    return {
      value: { ...value, appliedAt: rules.at },
      outbox: [notice(accident, value.proposedBy, "application-agreed")],
    };
  },
  refuse: ({ accident, before, act }) => {
    const value = known(before);
    requireTrue(value.proposedBy !== act.by);
    return { value, outbox: [notice(accident, value.proposedBy, "application-refused")] };
  },
  "lapse-proposal": ({ accident, before, rules }) => {
    const value = known(before);
    requireTrue(hasPassed(value.proposedAt, rules.limits.proposalMin, MINUTE_MS, rules.at));
    return { value, outbox: toBoth(accident, "application-lapsed") };
  },
  "withdraw-application": ({ accident, before, act }) => {
    const value = known(before);
    requireTrue(value.state !== "proposed" || value.proposedBy === act.by);
    return { value, outbox: [notice(accident, otherOf(act.by), "application-withdrawn")] };
  },
  "note-application-late": ({ accident, before, rules }) => {
    const value = known(before);
    const { applicationLateMin } = rules.limits;
    requireTrue(!value.lateAt && hasPassed(queuedSince(value), applicationLateMin, MINUTE_MS, rules.at));
    return { value: { ...value, lateAt: rules.at }, outbox: toBoth(accident, "application-late") };
  },
  "take-application": ({ accident, before, act, rules }) => {
    const value = known(before);
    const acceptedAt = value.acceptedAt ?? rules.at;
    return {
      value: { ...value, acceptedAt, handler: { ...act.by, since: rules.at } },
      data: { role: act.by.role },
      outbox: toBoth(accident, "application-taken"),
    };
  },
  "release-application": ({ before, rules }) => ({ value: queuedAgain(known(before), rules.at) }),
  "reassign-application": ({ before, rules }) => ({ value: queuedAgain(known(before), rules.at) }),
  "note-overdue": ({ accident, before, rules }) => {
    const value = known(before);
    requireTrue(!value.overdueAt && isOverdue(value, rules));
    return { value: { ...value, overdueAt: rules.at }, outbox: toBoth(accident, "letter-overdue") };
  },
  "release-late-application": ({ before, rules }) => {
    const value = known(before);
    const { since } = known(value.handler);
    requireTrue(isOverdue(value, rules) && hasPassed(since, rules.limits.untakenHours, HOUR_MS, rules.at));
    return { value: queuedAgain(value, rules.at) };
  },
  "free-application": ({ before, act, rules }) => {
    const value = known(before);
    requireTrue(value.handler?.officerId === act.of);
    return { value: queuedAgain(value, rules.at) };
  },
  "ask-evidence": ({ accident, before, act, rules }) => {
    const value = known(before);
    const { to, what, text, until } = act;
    if (until <= rules.at) throw new Invalid("until-past", { field: "until" });
    const id = value.requests.length + 1;
    const request: EvidenceRequest = { id, to, what, text, askedAt: rules.at, until, answer: null, lapsedAt: null };
    return {
      value: { ...value, requests: [...value.requests, request] },
      data: { to, what, request: id, digest: rules.digest(text) },
      outbox: [notice(accident, to, "evidence-asked", { text })],
    };
  },
  "answer-evidence": ({ accident, before, act, rules }) => {
    const request = openRequests(accident, act.by).find(({ id }) => id === act.request);
    if (!request) throw new Conflict("wrong-step");
    const { text, photoIds } = act;
    if (request.what === "picture" && photoIds.length === 0) throw new Invalid("no-picture", { field: "photo" });
    if (request.what === "sentence" && text.trim() === "") throw new Invalid("no-sentence", { field: "text" });
    return {
      value: withRequest(known(before), request.id, { answer: { at: rules.at, text, photoIds } }),
      data: { request: request.id, photos: photoIds, digest: rules.digest(text) },
    };
  },
  "lapse-evidence": ({ accident, before, rules }) => {
    const value = known(before);
    const late = value.requests.find((one) => !isAnsweredRequest(one) && one.until <= rules.at);
    if (!late) throw new Conflict("wrong-step");
    return {
      value: withRequest(value, late.id, { lapsedAt: rules.at }),
      data: { request: late.id, to: late.to },
      outbox: [notice(accident, late.to, "evidence-lapsed")],
    };
  },
  return: ({ accident, before, act, rules }) => {
    const { reason, text } = act;
    return {
      value: { ...known(before), returned: { at: rules.at, reason, text } },
      data: { reason, digest: rules.digest(text) },
      outbox: toBoth(accident, "application-returned", { returned: reason, text }),
    };
  },
  "return-untaken": ({ accident, before, rules }) => {
    const value = known(before);
    requireTrue(hasPassed(queuedSince(value), rules.limits.untakenHours, HOUR_MS, rules.at));
    return {
      value: { ...value, returned: { at: rules.at, reason: "not-taken", text: "" } },
      data: { reason: "not-taken" },
      outbox: toBoth(accident, "application-returned", { returned: "not-taken", text: "" }),
    };
  },
  "send-officer": ({ accident, before, act, rules }) => ({
    value: known(before),
    data: { digest: rules.digest(act.controlRoomNumber) },
    ended: { code: "on-the-spot", reasons: [act.controlRoomNumber], by: null, at: rules.at },
    outbox: toBoth(accident, "officer-sent", { control: act.controlRoomNumber }),
  }),
  "not-ours": ({ accident, before, act, rules }) => {
    if (!NOT_OURS.includes(act.code)) throw new Invalid("unknown-end", { field: "code" });
    return {
      value: known(before),
      data: { code: act.code },
      ended: { code: act.code, reasons: [], by: null, at: rules.at },
      outbox: toBoth(accident, "ended", { end: act.code }),
    };
  },
  "settle-application": ({ accident, before }) => {
    const value = known(before);
    const isOther = value.state !== "proposed";
    return { value, outbox: isOther ? toBoth(accident, "application-settled") : [] };
  },
  determine: ({ accident, before, act, rules }) => {
    requireTrue(isDisagreement(accident, rules.catalogue));
    const { determination } = act;
    requireSound(accident, determination, null);
    return {
      value: known(before),
      determination,
      data: {
        number: determination.number,
        pdfSha256: determination.pdfSha256,
        digest: rules.digest(determination.content.facts),
      },
      outbox: toBoth(accident, "letter-issued", { letter: determination.number }),
    };
  },
};

/** The days for the letter have passed, whoever had the application meanwhile. */
function isOverdue(value: Application, { at, letterDue }: DisputeRules): boolean {
  const accepted = acceptedSince(value);
  const due = accepted && letterDue?.(accepted);
  return Boolean(due && due <= at);
}

/** Back in the queue: waits count from this time, the days for the letter go on. */
function queuedAgain(value: Application, at: Date): Application {
  const accepted = acceptedSince(value);
  return { ...value, ...(accepted && { acceptedAt: accepted }), handler: null, queuedAt: at, lateAt: null };
}
/** Since when no officer has it. */
export const queuedSince = ({ queuedAt, appliedAt, proposedAt }: Application): Date =>
  queuedAt ?? appliedAt ?? proposedAt;
