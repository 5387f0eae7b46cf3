import type Koa from "koa";
import type { Context } from "../context.ts";
import { type Accident, LETTERS, type Letter } from "../domain/accident.ts";
import { caseFileOf } from "../domain/case-file.ts";
import { possibleActs } from "../domain/desk-acts.ts";
import { type DeterminationContent, determinationOf, picturesOf } from "../domain/determination.ts";
import { letterOf } from "../domain/dispute.ts";
import { seenDigest } from "../domain/letter-sheet.ts";
import { findAct, NO_ACT } from "../domain/liability.ts";
import { IDLE_MS } from "../domain/officer.ts";
import { addWorkingDays, REVIEW_DAYS } from "../domain/working-days.ts";
import { Conflict, NotAllowed } from "../errors.ts";
import { readPosted } from "../http/body.ts";
import { CSRF_FIELD, requireOwnOrigin } from "../http/csrf.ts";
import { openCase } from "./case-page.ts";
import { stampTime } from "./desk-times.ts";
import { draftOf, EMPTY_LETTER, LETTER_BYTES, letterBody, PAIRS, type TypedLetter } from "./letter-form.ts";
import { recentRows } from "./looks.ts";
import { type DeskRequest, deskRequest, renderDesk, requireRight, type Shown } from "./page.ts";
import { ruleBy } from "./rule-by.ts";
import { hasDeskToken } from "./session.ts";

/** A letter is a new one, or takes the place of the one that stands. */
export type LetterMode = "determine" | "replace";
export const LETTER_RIGHTS = { determine: "determine", replace: "replace-letter" } as const;

/** A letter as far as it is written. */
export interface WrittenLetter {
  mode: LetterMode;
  typed: TypedLetter;
}

/**
 * The form's choices, and the letter; `letter` is null where the case lacks what art. 24 wants. The letter
 * names both parties in full: `isOpen` says that this officer may issue it now, else it is not shown.
 */
export async function letterShown(
  request: DeskRequest,
  accident: Accident,
  { isOpen, ...written }: WrittenLetter & { isOpen: boolean },
): Promise<Shown> {
  const { ctx, t } = request;
  const { catalogue } = ctx.config.rules;
  return {
    file: caseFileOf(accident, catalogue, false),
    pictures: picturesOf(accident),
    suggested: suggestedArticles(ctx, accident),
    pairs: PAIRS,
    ruleOf: (letter: Letter) => ruleBy(request, accident, letter),
    ...(isOpen && letterPart(request, accident, written)),
    label: (key: string, code: string) => t.find(`${key}.${code}`) ?? code,
    photoUrl: (id: string, size: string) => `/police/cases/${accident.id}/photos/${id}/${size}`,
  };
}

/** The articles of all acts that the drivers name, for the officer to tick; none is ticked beforehand. */
function suggestedArticles(ctx: Context, { parties }: Accident): string[] {
  const { catalogue } = ctx.config.rules;
  const acts = LETTERS.flatMap((letter) => {
    const statement = parties[letter]?.statement;
    return statement ? [statement.ownAct, statement.otherAct] : [];
  });
  const articles = acts.filter((id) => id !== NO_ACT).flatMap((id) => findAct(catalogue, id)?.legalBasis ?? []);
  return [...new Set([...articles, ctx.render.words("zh")("police.determine.article60")])];
}

/** The letter as it would be issued now, but for its number. */
function contentOf(
  { ctx, officer }: DeskRequest,
  accident: Accident,
  { mode, typed }: WrittenLetter,
): DeterminationContent | null {
  const issuedAt = ctx.clock.now();
  const { name, code } = ctx.config.police.authority;
  return determinationOf(accident, draftOf(typed), {
    authority: { name, code },
    letterNumber: "",
    officer: { name: officer.name, number: officer.number },
    issuedAt,
    reviewLastDay: addWorkingDays(issuedAt, REVIEW_DAYS, ctx.config.rules.calendar).until,
    replaces: mode === "replace" ? (letterOf(accident)?.number ?? null) : null,
  });
}

/** What the form carries of the letter beside it, whose issue may follow; "": there is none. */
export function seenOf(request: DeskRequest, accident: Accident, written: WrittenLetter): string {
  const content = contentOf(request, accident, written);
  const reason = written.mode === "replace" ? written.typed.reason.trim() : "";
  return content ? seenDigest(request.ctx, accident, { content, reason }) : "";
}

function letterPart(request: DeskRequest, accident: Accident, written: WrittenLetter): Shown {
  const { ctx, t } = request;
  return {
    letter: contentOf(request, accident, written),
    reviewer: ctx.config.police.authority.reviewer,
    day: (at: Date) => stampTime(at).slice(0, 10),
    minute: (at: Date) => stampTime(at).slice(0, 16),
    insurer: (one: string, name: string | null) =>
      ctx.config.insurers.find((insurer) => insurer.code === one)?.zh ?? name ?? one,
    zh: ctx.render.words("zh"),
    label: (key: string, value: string) => t.find(`${key}.${value}`) ?? value,
  };
}

/**
 * The letter alone, while the officer types: the form as it stands, right or wrong. Throws Conflict
 * "wrong-step" where this officer cannot issue one now.
 */
export async function sendLetterPart(ctx: Context, koa: Koa.Context, mode: LetterMode): Promise<void> {
  requireOwnOrigin(ctx, koa);
  const request = deskRequest(ctx, koa);
  requireRight(request, LETTER_RIGHTS[mode]);
  const { [CSRF_FIELD]: token, ...fields } = (await readPosted(koa, { maxBytes: LETTER_BYTES })).fields;
  if (!hasDeskToken(koa, token)) throw new NotAllowed("stale-form");
  const accident = await openCase(request);
  if (!possibleActs(accident, request.officer).includes(mode)) throw new Conflict("wrong-step");
  // one row stands for the page's look and for what is drawn anew as its officer types
  const rows = await recentRows(request, accident.id, IDLE_MS);
  if (!rows.some(({ act }) => act === "showed-data")) await logLetter(request, accident);
  const { value, error } = letterBody.validate(fields);
  const typed = error ? EMPTY_LETTER : value;
  renderDesk(ctx, koa, "police/letter.njk", letterPart(request, accident, { mode, typed }));
}

/** Writes down that both parties' data are shown to decide. */
export const logLetter = ({ log }: Pick<DeskRequest, "log">, { id: accidentId }: Accident): Promise<void> =>
  log({ act: "showed-data", accidentId, reason: "decide" });
