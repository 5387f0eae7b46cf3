import type { Context } from "../context.ts";
import type { Accident, Change } from "../domain/accident.ts";
import { actOnDispute } from "../domain/act-on-dispute.ts";
import { type Determination, type DeterminationDraft, picturesOf, requireIssuable } from "../domain/determination.ts";
import { letterOf } from "../domain/dispute.ts";
import { disputeRules } from "../domain/dispute-rules.ts";
import { actOnLetter } from "../domain/letter-acts.ts";
import { letterRules } from "../domain/letter-rules.ts";
import { type LetterSheet, letterSheet, seenDigest } from "../domain/letter-sheet.ts";
import type { Officer } from "../domain/officer.ts";
import { AppError, Busy, Conflict } from "../errors.ts";

/**
 * `replaceReason`: the letter that stands is withdrawn for this reason, and this one takes its place.
 * `seen`: `seenDigest` of the letter that the officer has looked at; no other is issued.
 */
export interface IssueDetermination {
  accidentId: string;
  officer: Officer;
  draft: DeterminationDraft;
  replaceReason?: string;
  seen?: string;
}

type Issuing = Omit<IssueDetermination, "accidentId"> & { at: Date };

/**
 * Issues a determination letter: takes a number, puts the letter on paper, stores both with the act. Throws
 * Invalid with the field of a faulty draft, Conflict where the case does not allow it (any more) or lacks
 * what has to be recorded, or the letter is no longer the one that was seen; the number is then void with its
 * reason.
 */
export async function issueDetermination(ctx: Context, input: IssueDetermination): Promise<Accident> {
  const { accidentId, officer } = input;
  const issuing = { ...input, at: ctx.clock.now() };
  const before = await ctx.accidents.get(accidentId);
  // before a number is taken: what is not allowed now is refused now
  const trial = sheetOf(ctx, before, issuing, "");
  actOf(ctx, before, { ...issuing, determination: letter(trial, officer, []) });
  requireSeen(ctx, before, issuing, trial);
  const { code: authority } = ctx.config.police.authority;
  const { number } = await ctx.letterNumbers.take({ authority, accidentId, by: officer.id });
  const sheet = sheetOf(ctx, before, issuing, number);
  const files = await onPaper(ctx, before, sheet).catch(async (error) => {
    await ctx.letterNumbers.void(number, "failed");
    throw error;
  });
  const determination = letter(sheet, officer, files);
  const after = await ctx.accidents
    .change(accidentId, (accident) => {
      if (sheetOf(ctx, accident, issuing, number).digest !== sheet.digest) throw new Conflict("case-changed");
      return actOf(ctx, accident, { ...issuing, determination });
    })
    .catch(async (error) => {
      // A write whose outcome is not known may have taken effect: the job looks later.
      if (error instanceof AppError && !(error instanceof Busy)) await ctx.letterNumbers.void(number, "refused");
      throw error;
    });
  await ctx.letterNumbers.issue(number, issuing.at);
  return after;
}

function sheetOf(
  ctx: Context,
  accident: Accident,
  { draft, officer, at, replaceReason }: Issuing,
  letterNumber: string,
): LetterSheet {
  requireIssuable(draft, picturesOf(accident));
  const replaces = replaceReason === undefined ? null : (letterOf(accident)?.number ?? null);
  const sheet = letterSheet(ctx, accident, { draft, officer, letterNumber, replaces, at });
  if (!sheet) throw new Conflict("letter-incomplete");
  return sheet;
}

/** The drivers may change what the letter says until it is issued: throws Conflict "case-changed". */
function requireSeen(
  ctx: Context,
  accident: Accident,
  { seen, replaceReason: reason = "" }: Issuing,
  { content }: LetterSheet,
): void {
  if (seen !== undefined && seen !== seenDigest(ctx, accident, { content, reason })) throw new Conflict("case-changed");
}

function actOf(
  ctx: Context,
  accident: Accident,
  { officer, replaceReason: reason, determination }: Issuing & { determination: Determination },
): Change {
  const by = { officerId: officer.id, role: officer.role, district: officer.district };
  if (reason === undefined)
    return actOnDispute(accident, { type: "determine", by, determination }, disputeRules(ctx, accident));
  const change = actOnLetter(accident, { type: "replace", by, reason, determination }, letterRules(ctx, accident));
  if (!change) throw new Conflict("wrong-step");
  return change;
}

/** PDF first, then a picture of each page. */
async function onPaper(ctx: Context, accident: Accident, sheet: LetterSheet): Promise<string[]> {
  const { pdf, pages } = await ctx.documents.determination(sheet);
  return ctx.blobs.saveAll(accident, [
    { bytes: pdf, kind: "letter-pdf" },
    ...pages.map((bytes) => ({ bytes, kind: "letter-page" as const })),
  ]);
}

function letter({ content }: LetterSheet, officer: Officer, [pdfSha256 = "", ...pngSha256]: string[]): Determination {
  return {
    ...{ number: content.letterNumber, content, by: officer.id, issuedAt: content.issuedAt, pdfSha256, pngSha256 },
    ...{ replaces: content.replaces, withdrawn: null, reviews: [] },
    served: { A: null, B: null },
    receipts: { A: null, B: null },
  };
}
