import type { Accident, Degree, Letter, Statement } from "./accident.ts";
import type { ExtraSlot } from "./photo.ts";

/** An act of the liability catalogue (config/liability.yaml). */
export interface Act {
  id: string;
  zh: string;
  en: string;
  /** 事故形态 on the agreement and in the claim: rear_end, lane_change, reversing, rolling, door, signal, give_way, wrong_way, other */
  category: string;
  /** articles of law in Chinese, in the order in which they are printed */
  legalBasis: string[];
  /** false: an officer's case (hit and run, other situations that nobody here can weigh) */
  settledHere: boolean;
  /** what a photograph of would help to judge it */
  photos: ExtraSlot[];
}

/** "none" is the act of the driver who did nothing wrong; it is in every catalogue. */
export const NO_ACT = "none";

export interface Catalogue {
  acts: Act[];
  /** pairs of acts (either way round) that do not make equal liability and go to an officer */
  notEqual: [string, string][];
}

export type Liability =
  | { kind: "settled"; degrees: Record<Letter, Degree>; actsOf: Record<Letter, string> }
  | { kind: "not-here"; reason: "no-fault" | "officer-act" | "unequal-pair" }
  | { kind: "different"; about: Letter[] }
  | { kind: "incomplete" };

export function findAct(catalogue: Catalogue, id: string): Act | undefined {
  return catalogue.acts.find((act) => act.id === id);
}

/** The rule: the only one with a listed act bears full liability, both with one bear equal, none with one is not ours to decide (Order 146 art. 60; catalogue's own exceptions). */
export function liabilityOf(actA: string, actB: string, catalogue: Catalogue): Liability {
  const [a, b] = [actA, actB].map((id) => findAct(catalogue, id));
  if (!a || !b || !a.settledHere || !b.settledHere) return { kind: "not-here", reason: "officer-act" };
  const actsOf = { A: actA, B: actB };
  if (actA === NO_ACT && actB === NO_ACT) return { kind: "not-here", reason: "no-fault" };
  if (actB === NO_ACT) return { kind: "settled", degrees: { A: "full", B: "none" }, actsOf };
  if (actA === NO_ACT) return { kind: "settled", degrees: { A: "none", B: "full" }, actsOf };
  const unequal = catalogue.notEqual.some(([x, y]) => (x === actA && y === actB) || (x === actB && y === actA));
  if (unequal) return { kind: "not-here", reason: "unequal-pair" };
  return { kind: "settled", degrees: { A: "equal", B: "equal" }, actsOf };
}

/** Both state both acts: alike on both sides the rule speaks, else the difference is shown (`about` names whose act they disagree on). */
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
