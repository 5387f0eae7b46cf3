import type { Context } from "../context.ts";
import type { Details, Letter } from "../domain/accident.ts";
import { requireFewConsents } from "../domain/brakes.ts";
import { consentEvents, NOTICE_VERSION, withdrawalEvents } from "../domain/consent.ts";

export interface KeepDetails {
  personId: string;
  accidentId: string;
  letter: Letter;
  /** null: the consent is not given, or withdrawn */
  details: Details | null;
}

/**
 * Keeps a driver's details for the next case where the driver agrees to it, else forgets what was kept.
 * Throws Invalid "too-many-changes" (429) for a consent that is given again and again.
 */
export async function keepDetails(ctx: Context, { personId, accidentId, letter, details }: KeepDetails): Promise<void> {
  const isKept = (await ctx.people.lastDetails(personId)) !== null;
  if (details && !isKept) {
    await ctx.accidents.change(accidentId, (accident) => {
      requireFewConsents(accident, letter, ctx.clock.now());
      return { accident, events: consentEvents(letter, ["remember"], NOTICE_VERSION) };
    });
  }
  if (details) return ctx.people.remember(personId, details);
  if (!isKept) return;
  await ctx.people.forgetDetails(personId);
  const events = withdrawalEvents(letter, ["remember"], NOTICE_VERSION);
  await ctx.accidents.change(accidentId, (accident) => ({ accident, events }));
}
