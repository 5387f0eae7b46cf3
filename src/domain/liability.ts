import type { Accident, Degree, Letter, Statement } from "./accident.ts";
import type { ExtraSlot } from "./photo.ts";

/** An act of the liability catalogue (config/liability.yaml). */
export interface Act {
  id: string;
  zh: string;
  en: string;
  /**
   * 事故形态 on the agreement and in the claim: rear_end, lane_change, reversing, rolling, door, signal,
   * give_way, wrong_way, other
   */
  category: string;
  /** articles of law in Chinese, in printing order */
  legalBasis: string[];
  /** false: for an officer to decide (hit and run, situations that cannot be judged here) */
  settledHere: boolean;
  /** extra photographs that help to judge it */
  photos: ExtraSlot[];
}

/** "none" is the act of the driver who did nothing wrong; it is in every catalogue. */
export const NO_ACT = "none";

export interface Catalogue {
  acts: Act[];
  /** pairs of acts (in either order) that cannot both have happened: no driver may state them */
  contradictory: [string, string][];
  /** pairs of acts (in either order) that do not make equal liability and go to an officer */
  notEqual: [string, string][];
  /** percent of what an officer determines as primary and secondary; the city's practice, not the law */
  shares?: { primary: number; secondary: number };
}

export type Liability =
  | { kind: "settled"; degrees: Record<Letter, Degree>; actsOf: Record<Letter, string> }
  | { kind: "not-here"; reason: "no-fault" | "officer-act" | "contradiction" | "unequal-pair" }
  | { kind: "different"; about: Letter[] }
  | { kind: "incomplete" };

export function findAct(catalogue: Catalogue, id: string): Act | undefined {
  return catalogue.acts.find((act) => act.id === id);
}

const isAmong = (pairs: [string, string][], a: string, b: string): boolean =>
  pairs.some(([x, y]) => (x === a && y === b) || (x === b && y === a));

/** Tells whether two acts exclude each other, so that no accident can have had both. */
export const contradict = ({ contradictory }: Catalogue, actA: string, actB: string): boolean =>
  isAmong(contradictory, actA, actB);

/**
 * Decides liability: the only driver with a listed act bears full liability, two with one bear equal, none
 * with one is left to an officer (Order 146 art. 60; the catalogue's own exceptions).
 */
export function liabilityOf(actA: string, actB: string, catalogue: Catalogue): Liability {
  const [a, b] = [actA, actB].map((id) => findAct(catalogue, id));
  if (!a || !b || !a.settledHere || !b.settledHere) return { kind: "not-here", reason: "officer-act" };
  const actsOf = { A: actA, B: actB };
  if (actA === NO_ACT && actB === NO_ACT) return { kind: "not-here", reason: "no-fault" };
  if (actB === NO_ACT) return { kind: "settled", degrees: { A: "full", B: "none" }, actsOf };
  if (actA === NO_ACT) return { kind: "settled", degrees: { A: "none", B: "full" }, actsOf };
  if (contradict(catalogue, actA, actB)) return { kind: "not-here", reason: "contradiction" };
  if (isAmong(catalogue.notEqual, actA, actB)) return { kind: "not-here", reason: "unequal-pair" };
  return { kind: "settled", degrees: { A: "equal", B: "equal" }, actsOf };
}

/**
 * Compares both statements, each of which names both acts: when they agree the rule decides, else the
 * difference is shown (`about`: the driver whose act is disputed).
 */
export function compareStatements(accident: Accident, catalogue: Catalogue): Liability {
  const a: Statement | null = accident.parties.A.statement;
  const b: Statement | null = accident.parties.B?.statement ?? null;
  if (!a || !b) return { kind: "incomplete" };
  const about: Letter[] = [];
  if (a.ownAct !== b.otherAct) about.push("A");
  if (a.otherAct !== b.ownAct) about.push("B");
  if (about.length > 0) return { kind: "different", about };
  return liabilityOf(a.ownAct, b.ownAct, catalogue);
}
