import type { Dispute } from "../domain/dispute.ts";
import type { Sealing } from "./sealing.ts";

/**
 * A dispute at rest: what was said in it is sealed; numbers of letters are plain, since they are found by
 * them.
 */
export interface DisputeAtRest {
  determinations: readonly string[];
  sealed: unknown;
}

export const disputeToDocument = (dispute: Dispute, seals: Sealing): DisputeAtRest => ({
  determinations: dispute.determinations.map(({ number }) => number),
  sealed: seals.seal("dispute", dispute),
});

export function documentToDispute(document: DisputeAtRest | null | undefined, seals: Sealing): Dispute | null {
  if (!document) return null;
  return datesOf(seals.open<Dispute>("dispute", document.sealed));
}

/** Names of fields that hold a date; JSON keeps dates as text. */
const DATE_FIELD = /^(at|since|until|reviewLastDay|.+At)$/;

function datesOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(datesOf) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([name, one]) => [
    name,
    typeof one === "string" && DATE_FIELD.test(name) ? new Date(one) : datesOf(one),
  ]);
  return Object.fromEntries(entries) as T;
}
