import { Conflict } from "../errors.ts";
import { type Accident, type End, LETTERS, type OutboxEntry, otherOf } from "./accident.ts";
import type { DisputeRules } from "./act-on-dispute.ts";
import { requireCalm } from "./brakes.ts";
import { type GivenGuidance, type Guidance, guidanceText } from "./dispute.ts";
import type { ActNamed, DisputeAct } from "./dispute-act.ts";
import { HOUR_MS, hasPassed, MINUTE_MS } from "./dispute-limits.ts";
import type { GUIDANCE_ACTS } from "./dispute-table.ts";
import { notice } from "./notice.ts";

/** What an act makes of a record; `isNew`: it begins another one. The table says the state that follows. */
export interface Effect<T> {
  value: T;
  data?: Record<string, string | number | boolean | string[]>;
  outbox?: OutboxEntry[];
  ended?: End;
}

/** What an effect is made from. `before` is the record as it is; null: there is none yet. */
export interface Standing<T, Act> {
  accident: Accident;
  before: T | null;
  act: Act;
  rules: DisputeRules;
}

export type GuidanceEffect<Act = DisputeAct> = (
  standing: Standing<Guidance, Act>,
) => Effect<Guidance & { isNew?: true }>;

/** One notice to each driver. */
export const toBoth = (
  accident: Accident,
  ...[code, params]: [Parameters<typeof notice>[2], Parameters<typeof notice>[3]?]
) => LETTERS.filter((letter) => accident.parties[letter]).map((letter) => notice(accident, letter, code, params));

/** The record that the table's states say is there. */
export function known<T>(record: T | null): T {
  if (!record) throw new Conflict("wrong-step");
  return record;
}

const inOwnLanguage = (accident: Accident, given: GivenGuidance): OutboxEntry[] =>
  LETTERS.flatMap((letter) => {
    const party = accident.parties[letter];
    return party ? [notice(accident, letter, "guidance-given", { text: guidanceText(given, party.language) })] : [];
  });

export const GUIDANCE_EFFECTS: {
  [Name in keyof typeof GUIDANCE_ACTS]: GuidanceEffect<ActNamed<Name>>;
} = {
  "ask-guidance": ({ accident, act, rules }) => {
    const other = otherOf(act.by);
    const { newcomer } = accident.parties[other] ?? {};
    if (!accident.parties[other] || newcomer) throw new Conflict("wrong-step");
    requireCalm(accident, act.by, rules.at);
    return {
      value: {
        state: "asked",
        askedBy: act.by,
        askedAt: rules.at,
        handler: null,
        given: null,
        lateAt: null,
        isNew: true,
      },
      outbox: [notice(accident, other, "guidance-asked")],
    };
  },
  "withdraw-guidance": ({ accident, before, act }) => {
    const value = known(before);
    if (value.askedBy !== act.by) throw new Conflict("wrong-step");
    return { value, outbox: [notice(accident, otherOf(act.by), "guidance-withdrawn")] };
  },
  "note-guidance-late": ({ accident, before, rules }) => {
    const value = known(before);
    const isDue = hasPassed(guidanceQueuedSince(value), rules.limits.guidanceLateMin, MINUTE_MS, rules.at);
    if (value.lateAt || !isDue) throw new Conflict("wrong-step");
    return { value: { ...value, lateAt: rules.at }, outbox: toBoth(accident, "guidance-late") };
  },
  "take-guidance": ({ accident, before, act, rules }) => ({
    value: { ...known(before), handler: { ...act.by, since: rules.at } },
    data: { role: act.by.role },
    outbox: toBoth(accident, "guidance-taken"),
  }),
  "release-guidance": ({ before, rules }) => ({ value: guidanceQueuedAgain(known(before), rules.at) }),
  "reassign-guidance": ({ before, rules }) => ({ value: guidanceQueuedAgain(known(before), rules.at) }),
  // its officer has not given it in time: it waits again, and both are told at once
  "release-late-guidance": ({ accident, before, rules }) => {
    const value = known(before);
    const since = value.handler?.since;
    if (!since || !hasPassed(since, rules.limits.untakenHours, HOUR_MS, rules.at)) throw new Conflict("wrong-step");
    const queued = { ...guidanceQueuedAgain(value, rules.at), lateAt: rules.at };
    return { value: queued, outbox: toBoth(accident, "guidance-late") };
  },
  "free-guidance": ({ before, act, rules }) => {
    const value = known(before);
    if (value.handler?.officerId !== act.of) throw new Conflict("wrong-step");
    return { value: guidanceQueuedAgain(value, rules.at) };
  },
  "give-guidance": ({ accident, before, act, rules }) => {
    const { how, text, textEn } = act;
    const given = { at: rules.at, how, text, ...(textEn && { textEn }) };
    return {
      value: { ...known(before), given },
      data: { how, digest: rules.digest(text) },
      outbox: how === "message" ? inOwnLanguage(accident, given) : [],
    };
  },
  "settle-guidance": ({ before }) => ({ value: known(before) }),
};

const guidanceQueuedAgain = (value: Guidance, at: Date): Guidance => ({
  ...value,
  handler: null,
  queuedAt: at,
  lateAt: null,
});
/** Since when no officer has it. */
export const guidanceQueuedSince = ({ queuedAt, askedAt }: Guidance): Date => queuedAt ?? askedAt;
