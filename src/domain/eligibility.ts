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
  /** legal consequence (Order 146 arts. 13, 14, 15) */
  outcome: "hold-scene" | "move-then-call" | "call-now";
  legalBasis: string[];
}

export interface EligibilityAnswer {
  vehicles: "one" | "two" | "more" | "non-motor";
  /** ids of the conditions that apply; none of these: empty */
  conditions: string[];
}

const PRECEDENCE = ["call-now", "hold-scene", "move-then-call"] as const;

/**
 * Decides whether the drivers may settle this themselves: null if so, else the end required by the law (or
 * the city), the gravest first. An unknown condition is Invalid: it must never count as "none of these".
 */
export function endOf(answer: EligibilityAnswer, conditions: Condition[]): EndCode | null {
  const unknown = answer.conditions.find((id) => !conditions.some((c) => c.id === id));
  if (unknown !== undefined) throw new Invalid("unknown-condition", { field: "conditions" });
  const outcomes = conditions.filter((c) => answer.conditions.includes(c.id)).map((c) => c.outcome);
  const gravest = PRECEDENCE.find((outcome) => outcomes.includes(outcome));
  if (gravest) return gravest;
  if (answer.vehicles === "one") return "single-vehicle";
  return answer.vehicles === "two" ? null : "not-two-cars";
}

/** Makes the event of a driver's declaration: no obstacle, or the end that follows from it. */
export const declarationEvent = (by: Letter, end: EndCode | null, answer: EligibilityAnswer): NewEvent =>
  end
    ? { type: "ended", by, data: { code: end, reasons: answer.conditions } }
    : { type: "eligibility-cleared", by, data: {} };
