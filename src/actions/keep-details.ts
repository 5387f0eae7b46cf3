import type { Context } from "../context.ts";
import type { Details, Letter } from "../domain/accident.ts";
import { consentEvents, NOTICE_VERSION, withdrawalEvents } from "../domain/consent.ts";

export interface KeepDetails {
  personId: string;
  accidentId: string;
  letter: Letter;
  /** null: the consent is not given, or withdrawn */
  details: Details | null;
}

/** Keeps a driver's details for the next case where the driver agrees to it, else forgets what was kept. */
export async function keepDetails(ctx: Context, { personId, accidentId, letter, details }: KeepDetails): Promise<void> {
  const isKept = (await ctx.people.lastDetails(personId)) !== null;
  if (details) await ctx.people.remember(personId, details);
  else if (isKept) await ctx.people.forgetDetails(personId);
  if (isKept === (details !== null)) return;
  await ctx.accidents.change(accidentId, (accident) => ({
    accident,
    events: details
      ? consentEvents(letter, ["remember"], NOTICE_VERSION)
      : withdrawalEvents(letter, ["remember"], NOTICE_VERSION),
  }));
}
