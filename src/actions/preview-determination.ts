import type { Context } from "../context.ts";
import { type DeterminationDraft, picturesOf, requireIssuable } from "../domain/determination.ts";
import { letterSheet } from "../domain/letter-sheet.ts";
import type { Officer } from "../domain/officer.ts";
import { Conflict } from "../errors.ts";

/** What an officer looks at before anything is issued; `replaces`: the number of the letter that stands. */
export interface Preview {
  accidentId: string;
  officer: Officer;
  draft: DeterminationDraft;
  replaces?: string | null;
}

/** Stands where the number will be. */
const NO_NUMBER = "—";

/**
 * Draws a letter as it would be issued now, without a number, as one PNG for each page; stores nothing.
 * Throws Invalid with the field of a faulty draft, Conflict "letter-incomplete" where the case lacks anything
 * that has to be recorded.
 */
export async function previewDetermination(ctx: Context, { accidentId, ...given }: Preview): Promise<Buffer[]> {
  const accident = await ctx.accidents.get(accidentId);
  requireIssuable(given.draft, picturesOf(accident));
  const at = ctx.clock.now();
  const issue = { ...given, replaces: given.replaces ?? null, letterNumber: NO_NUMBER, at };
  const sheet = letterSheet(ctx, accident, issue);
  if (!sheet) throw new Conflict("letter-incomplete");
  return (await ctx.documents.determination(sheet)).pages;
}
