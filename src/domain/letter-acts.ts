import { Conflict } from "../errors.ts";
import { type Accident, type Change, LETTERS, type Letter, type NewEvent, type OutboxEntry } from "./accident.ts";
import { eventBy, requireDesk } from "./act-on-dispute.ts";
import type { SubmittedClaims } from "./claim-submission.ts";
import { type Determination, isAnswered, type Receipt } from "./determination.ts";
import { letterOf } from "./dispute.ts";
import type { Desk } from "./dispute-act.ts";
import { type DisputeLimits, HOUR_MS, hasPassed } from "./dispute-limits.ts";
import { LETTER_ACTS } from "./dispute-table.ts";
import { allowsForwarding } from "./forwarding.ts";
import { notice } from "./notice.ts";
import { requireFilingDay } from "./review.ts";
import { requireSound } from "./sound-letter.ts";

/**
 * What happens to a letter after its issue: service (Order 146 art. 65), receipt (24), review (71),
 * replacement.
 */
export type LetterAct =
  | { type: "open"; by: Letter }
  | { type: "receive"; by: Letter; forwarding: boolean; imageSha256: string }
  | { type: "refuse-receipt"; by: Letter; forwarding: boolean }
  | { type: "remind"; by: "system"; to: Letter }
  | { type: "note-service-late"; by: "system" }
  | { type: "confirm-service"; by: Desk; to: Letter }
  | { type: "note-review"; by: Desk; of: Letter; filedOn: string }
  | { type: "replace"; by: Desk; reason: string; determination: Determination };

export interface LetterRules {
  at: Date;
  limits: DisputeLimits;
  digest(text: string): string;
  /** the last moment of the time within which a letter of this moment has to be served (art. 65) */
  serviceDue(issuedAt: Date): Date;
  /** what goes to the insurers after the act; absent: nothing */
  claims?(before: Accident, after: Accident): SubmittedClaims;
}

interface Outcome {
  letter?: Partial<Determination>;
  /** stands behind the letter */
  next?: Determination;
  data?: NewEvent["data"];
  outbox?: OutboxEntry[];
}

/** Does one act on the letter that stands; null: it was done already. Throws Conflict "wrong-step". */
export function actOnLetter(accident: Accident, act: LetterAct, rules: LetterRules): Change | null {
  const letter = letterOf(accident);
  const { dispute } = accident;
  if (!letter || !dispute || accident.ended) throw new Conflict("wrong-step");
  if (typeof act.by !== "string") requireDesk(accident, act.by, LETTER_ACTS[act.type].by as never);
  const outcome = outcomeOf(accident, letter, { act, rules });
  if (!outcome) return null;
  const { next, data = {}, outbox = [] } = outcome;
  const changed = { ...letter, ...outcome.letter };
  const determinations = dispute.determinations.map((one) => (one === letter ? changed : one));
  const event: NewEvent = {
    type: LETTER_ACTS[act.type].event,
    by: eventBy(act.by),
    data: { number: letter.number, ...data },
  };
  const after = { ...dispute, determinations: next ? [...determinations, next] : determinations };
  const acted = { ...accident, dispute: after };
  const sent = rules.claims?.(accident, acted) ?? { claims: accident.claims, events: [], outbox: [] };
  return {
    accident: { ...acted, claims: sent.claims },
    events: [event, ...sent.events],
    outbox: [...outbox, ...sent.outbox],
  };
}

function outcomeOf(
  accident: Accident,
  letter: Determination,
  { act, rules }: { act: LetterAct; rules: LetterRules },
): Outcome | null {
  const { at } = rules;
  switch (act.type) {
    case "open":
      if (letter.served[act.by]) return null;
      return { letter: { served: { ...letter.served, [act.by]: { at, how: "opened" } } } };
    case "receive":
      return receipt(accident, act.by, { at, how: "signed", forwarding: act.forwarding, imageSha256: act.imageSha256 });
    case "refuse-receipt":
      return receipt(accident, act.by, { at, how: "refused", forwarding: act.forwarding, imageSha256: null });
    case "remind":
      if (letter.served[act.to] || !hasPassed(letter.issuedAt, rules.limits.letterReminderHours, HOUR_MS, at))
        throw new Conflict("wrong-step");
      if (wasReminded(accident, letter.number, act.to)) return null;
      return { data: { to: act.to }, outbox: [notice(accident, act.to, "letter-reminded", { letter: letter.number })] };
    case "note-service-late":
      if (letter.serviceLateAt) return null;
      if (isAnswered(letter) || at < rules.serviceDue(letter.issuedAt)) throw new Conflict("wrong-step");
      return { letter: { serviceLateAt: at } };
    case "confirm-service":
      return confirmed(accident, letter, { to: act.to, rules });
    case "note-review":
      return reviewed(letter, act, at);
    case "replace":
      requireSound(accident, act.determination, letter.number);
      return {
        letter: { withdrawn: { at, by: act.by.officerId, reason: act.reason } },
        next: act.determination,
        data: { next: act.determination.number, digest: rules.digest(act.reason) },
        outbox: LETTERS.map((one) => notice(accident, one, "letter-replaced", { letter: act.determination.number })),
      };
  }
}

/**
 * Whoever opens the letter is served; a receipt is given once. Not to allow at this letter what was allowed
 * at the one whose place it takes is to withdraw it.
 */
function receipt(accident: Accident, by: Letter, given: Receipt): Outcome | null {
  const letter = letterOf(accident);
  const before = letter?.receipts[by];
  if (before) {
    if (before.how === given.how) return null;
    throw new Conflict("wrong-step");
  }
  if (!letter?.served[by]) throw new Conflict("wrong-step");
  const isWithdrawn = !given.forwarding && allowsForwarding(accident, by);
  const receipts = { ...letter.receipts, [by]: { ...given, ...(isWithdrawn && { forwardingWithdrawnAt: given.at }) } };
  return { letter: { receipts }, data: { forwarding: given.forwarding } };
}

/** One request of each party; that it came late is marked where it is shown, and for others to judge. */
function reviewed(
  letter: Determination,
  { of, filedOn }: Extract<LetterAct, { type: "note-review" }>,
  at: Date,
): Outcome {
  const service = letter.served[of];
  if (!service || letter.reviews.some(({ by }) => by === of)) throw new Conflict("wrong-step");
  requireFilingDay(filedOn, service.at, at);
  return { letter: { reviews: [...letter.reviews, { by: of, at, filedOn }] }, data: { of, filedOn } };
}

function confirmed(
  accident: Accident,
  letter: Determination,
  { to, rules }: { to: Letter; rules: LetterRules },
): Outcome | null {
  const { at } = rules;
  if (letter.served[to]?.how === "by-message") return null;
  if (letter.receipts[to] || at < rules.serviceDue(letter.issuedAt)) throw new Conflict("wrong-step");
  const served = letter.served[to] ?? { at, how: "by-message" as const };
  return {
    letter: { served: { ...letter.served, [to]: { ...served, how: "by-message" } } },
    data: { to },
    outbox: [notice(accident, to, "letter-served", { letter: letter.number })],
  };
}

export const wasReminded = ({ events }: Accident, number: string, to: Letter): boolean =>
  events.some(({ type, data }) => type === "letter-reminded" && data["number"] === number && data["to"] === to);
