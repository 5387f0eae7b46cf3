import { Invalid } from "../errors.ts";
import type { EndCode, Letter, NewEvent } from "./accident.ts";

/**
 * One exception of the list "any of these?": the national rules and the city's together
 * (config/eligibility.yaml).
 */
export interface Condition {
  id: string;
  zh: string;
  en: string;
  /** what the law or the city demands instead of settling */
  outcome: Outcome;
  legalBasis: string[];
}

/** The ends that conditions lead to, the gravest first. */
export const OUTCOMES = [
  "call-now",
  "hold-scene",
  "expressway",
  "move-then-call",
  "owner-absent",
] as const satisfies readonly EndCode[];
export type Outcome = (typeof OUTCOMES)[number];

/** Conditions that the program knows by name; a city that leaves one out does not ask it. */
export const HURT = "hurt";
export const CANNOT_MOVE = "cannot-move";
export const NO_LICENCE = "no-licence";

export interface EligibilityAnswer {
  vehicles: "one" | "two" | "more" | "non-motor";
  /** ids of the conditions that apply; none of these: empty */
  conditions: string[];
}

/**
 * Decides whether the drivers may settle this themselves: null if so, else the end required by the law (or
 * the city), the gravest first. An unknown condition is Invalid: it must never count as "none of these".
 */
export function endOf(answer: EligibilityAnswer, conditions: Condition[]): EndCode | null {
  const unknown = answer.conditions.find((id) => !conditions.some((c) => c.id === id));
  if (unknown !== undefined) throw new Invalid("unknown-condition", { field: "conditions" });
  const outcomes = conditions.filter((c) => answer.conditions.includes(c.id)).map((c) => c.outcome);
  const gravest = OUTCOMES.find((outcome) => outcomes.includes(outcome));
  if (gravest) return gravest;
  if (answer.vehicles === "one") return "single-vehicle";
  return answer.vehicles === "two" ? null : "not-two-cars";
}

/** What is kept as the reasons of the end: a bicycle and three cars end alike, but the advice differs. */
export const reasonsOf = ({ conditions, vehicles }: EligibilityAnswer): string[] =>
  vehicles === "more" || vehicles === "non-motor" ? [...conditions, vehicles] : conditions;

/** The exceptions that both drivers declared not to be there, in one line. */
export const clearedText = (conditions: readonly Condition[], language: "zh" | "en"): string =>
  conditions.map((condition) => condition[language]).join(language === "zh" ? "；" : "; ");

/** Makes the event of a driver's declaration: no obstacle, or the end that follows from it. */
export const declarationEvent = (by: Letter, end: EndCode | null, answer: EligibilityAnswer): NewEvent =>
  end
    ? { type: "ended", by, data: { code: end, reasons: reasonsOf(answer) } }
    : { type: "eligibility-cleared", by, data: {} };
