import { Conflict } from "../errors.ts";
import { type Accident, type Change, type EventType, isRunning, type NewEvent } from "./accident.ts";
import { APPLICATION_EFFECTS, type ApplicationEffect } from "./application-effects.ts";
import {
  applicationHandler,
  applicationState,
  type Dispute,
  guidanceHandler,
  guidanceState,
  type Handler,
  lastApplication,
  lastGuidance,
  NO_DISPUTE,
  stateInHand,
  withoutOpenDispute,
} from "./dispute.ts";
import type { Desk, DisputeAct } from "./dispute-act.ts";
import type { DisputeLimits } from "./dispute-limits.ts";
import { APPLICATION_ACTS, GUIDANCE_ACTS } from "./dispute-table.ts";
import { type Effect, GUIDANCE_EFFECTS, type GuidanceEffect } from "./guidance-effects.ts";
import type { Catalogue } from "./liability.ts";
import { mayDo, type Right } from "./officer.ts";
import { requireParty } from "./party.ts";
import { inHandsOf } from "./recusal.ts";

/** What an act is judged by besides the case. */
export interface DisputeRules {
  at: Date;
  catalogue: Catalogue;
  limits: DisputeLimits;
  /** keyed digest of a text, for the event that records it */
  digest(text: string): string;
  /** until when a letter is due whose application was first taken at this time; absent where no clock runs */
  letterDue?(from: Date): Date;
}

interface Row {
  by: "driver" | "system" | Right;
  from: readonly string[];
  to: string;
  event: EventType;
  isHandlers?: true;
}

/**
 * Does one act of a dispute and returns the change, or throws Conflict: "wrong-step" where the state does not
 * allow it, "taken" (details: who has it) where another officer has the case, "recused", "not-for-role".
 */
export function actOnDispute(accident: Accident, act: DisputeAct, rules: DisputeRules): Change {
  if (!isRunning(accident)) throw new Conflict("wrong-step");
  if (act.type in GUIDANCE_ACTS) return actOnGuidance(accident, act, rules);
  const change = actOnApplication(accident, act, rules);
  return act.type === "take-application" ? withoutOthersGuidance(change, act.by.officerId, rules) : change;
}

/** Does several acts one after the other, behind a change that is made already. */
export const actInTurn = (change: Change, acts: readonly DisputeAct[], rules: DisputeRules): Change =>
  acts.reduce<Change>((so, act) => {
    const next = actOnDispute(so.accident, act, rules);
    return {
      accident: next.accident,
      events: [...so.events, ...next.events],
      outbox: [...(so.outbox ?? []), ...(next.outbox ?? [])],
    };
  }, change);

/** One officer has the whole case: guidance that another has in hand goes back to wait for that officer. */
function withoutOthersGuidance(change: Change, officerId: string, rules: DisputeRules): Change {
  const of = guidanceHandler(change.accident)?.officerId;
  if (!of || of === officerId) return change;
  return actInTurn(change, [{ type: "free-guidance", by: "system", of }], rules);
}

/** The acts that put back into the queue whatever an officer has in hand who cannot go on with it. */
export function actsToFree(accident: Accident, of: string): DisputeAct[] {
  const { guidance, application } = inHandsOf(accident, of);
  return [
    ...(guidance ? [{ type: "free-guidance", by: "system", of } as const] : []),
    ...(application ? [{ type: "free-application", by: "system", of } as const] : []),
  ];
}

function actOnGuidance(accident: Accident, act: DisputeAct, rules: DisputeRules): Change {
  const row: Row = GUIDANCE_ACTS[act.type as keyof typeof GUIDANCE_ACTS];
  requirePossible(accident, act, row, { state: guidanceState(accident), handler: guidanceHandler(accident) });
  const effectOf = GUIDANCE_EFFECTS[act.type as keyof typeof GUIDANCE_EFFECTS] as GuidanceEffect;
  const before = lastGuidance(accident);
  const effect = effectOf({ accident, before, act: act as never, rules });
  const dispute = accident.dispute ?? NO_DISPUTE;
  const guidance = withLast(dispute.guidance, before, { ...effect.value, state: stateAfter(row, effect) });
  return changed(accident, { ...dispute, guidance }, { act, row, effect });
}

function actOnApplication(accident: Accident, act: DisputeAct, rules: DisputeRules): Change {
  const row: Row = APPLICATION_ACTS[act.type as keyof typeof APPLICATION_ACTS];
  requirePossible(accident, act, row, { state: applicationState(accident), handler: applicationHandler(accident) });
  const effectOf = APPLICATION_EFFECTS[act.type as keyof typeof APPLICATION_EFFECTS] as ApplicationEffect;
  const before = lastApplication(accident);
  const effect = effectOf({ accident, before, act: act as never, rules });
  const next = stateAfter(row, effect);
  const state = IN_HAND.includes(next) ? stateInHand(effect.value) : next;
  const dispute = accident.dispute ?? NO_DISPUTE;
  const applications = withLast(dispute.applications, before, { ...effect.value, state });
  const determinations = [...dispute.determinations, ...(effect.determination ? [effect.determination] : [])];
  return changed(accident, { ...dispute, applications, determinations }, { act, row, effect });
}

/** The state that the table names, or the record's own. */
const stateAfter = <State extends string>({ to }: Row, { value }: Effect<{ state: State }>): State =>
  to === "same" ? value.state : (to as State);

const IN_HAND: readonly string[] = ["in-hand", "evidence-asked"];

/** A new record stands behind the earlier ones, which stay; else the last one is replaced. */
function withLast<T>(all: readonly T[], before: T | null, value: T & { isNew?: true }): T[] {
  const { isNew, ...record } = value;
  return [...(isNew || !before ? all : all.slice(0, -1)), record as T];
}

function changed(
  accident: Accident,
  dispute: Dispute,
  { act, row, effect }: { act: DisputeAct; row: Row; effect: Effect<unknown> },
): Change {
  const { data = {}, outbox = [], ended = accident.ended } = effect;
  const event: NewEvent = { type: row.event, by: eventBy(act.by), data };
  const endEvent: NewEvent[] =
    ended && ended !== accident.ended
      ? [{ type: "ended", by: eventBy(act.by), data: { code: ended.code, reasons: ended.reasons } }]
      : [];
  const after = { ...accident, dispute, ended };
  return { accident: isRunning(after) ? after : withoutOpenDispute(after), events: [event, ...endEvent], outbox };
}

export const eventBy = (by: DisputeAct["by"]): NewEvent["by"] =>
  typeof by === "string" ? by : `officer:${by.officerId}`;

function requirePossible(
  accident: Accident,
  act: DisputeAct,
  row: Row,
  { state, handler }: { state: string; handler: Handler | null },
): void {
  if (typeof act.by === "string") {
    if (act.by !== "system") requireParty(accident, act.by);
    if (!row.from.includes(state)) throw new Conflict("wrong-step");
    return;
  }
  const { officerId } = act.by;
  requireDesk(accident, act.by, row.by as Right);
  const isOthers = (one: Handler | null) => one !== null && one.officerId !== officerId;
  // who comes second is told who has it
  if (isOthers(handler) && (row.isHandlers || !row.from.includes(state))) throw new Conflict("taken", { handler });
  if (!row.from.includes(state)) throw new Conflict("wrong-step");
  // guidance and application run beside each other, but whoever decides has the case
  const decides = applicationHandler(accident);
  if (act.type === "take-guidance" && isOthers(decides)) throw new Conflict("taken", { handler: decides });
}

/**
 * Throws Conflict "not-for-role" without the right, "recused" for an officer who must not handle the case.
 */
export function requireDesk(accident: Pick<Accident, "recused">, by: Desk, right: Right): void {
  if (!mayDo(by.role, right)) throw new Conflict("not-for-role");
  if (accident.recused.includes(by.officerId)) throw new Conflict("recused");
}
