import type { Context } from "../context.ts";
import type { Accident, Person } from "../domain/accident.ts";
import { NotFound } from "../errors.ts";

/** Codes of NotFound for somebody who asks for a case and is no party of it. */
export const ABSENCES = ["removed-from-case", "not-your-case"] as const;

/**
 * The error for a person who is no party of this accident: driver A took them out (`details.at`), or they
 * were never in it. The latter looks the same where there is no such accident.
 */
export function absenceOf({ vault }: Context, accident: Accident | null, person: Person): NotFound {
  if (!accident) return new NotFound("not-your-case");
  const digest = vault.digest(accident.key, person.id);
  const removal = accident.events.findLast(({ type, data }) => type === "party-removed" && data.person === digest);
  return removal ? new NotFound("removed-from-case", { at: removal.at }) : new NotFound("not-your-case");
}
