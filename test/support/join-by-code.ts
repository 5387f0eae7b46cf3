import { findInvited } from "../../src/actions/find-invited.ts";
import { joinAccident } from "../../src/actions/join-accident.ts";
import type { Context } from "../../src/context.ts";
import type { Accident, Person } from "../../src/domain/accident.ts";
import type { EligibilityAnswer } from "../../src/domain/eligibility.ts";

export interface JoinByCode {
  person: Person;
  code: string;
  textVersion: string;
  answer: EligibilityAnswer;
}

/** Follows an invitation and joins, as the page does it. */
export async function joinByCode(ctx: Context, { code, ...given }: JoinByCode): Promise<Accident> {
  const { id, invitation } = await findInvited(ctx, { person: given.person, code });
  return joinAccident(ctx, { ...given, invited: { accidentId: id, code: invitation?.code ?? "", by: "scan" } });
}
