import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";

export interface NoteConsent {
  person: Person;
  choices: ReadonlyArray<{ templateId: string; status: "accept" | "reject" }>;
}

/** Counts consents and refusals of subscription notices per person and template. */
export async function noteConsent(ctx: Context, { person, choices }: NoteConsent): Promise<void> {
  for (const { templateId, status } of choices) await ctx.people.noteConsent(person.id, templateId, status);
}
