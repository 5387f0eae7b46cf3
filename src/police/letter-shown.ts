import type Koa from "koa";
import type { Context } from "../context.ts";
import { type Accident, LETTERS } from "../domain/accident.ts";
import { caseFileOf } from "../domain/case-file.ts";
import { determinationOf, picturesOf } from "../domain/determination.ts";
import { letterOf } from "../domain/dispute.ts";
import { findAct, NO_ACT } from "../domain/liability.ts";
import { addWorkingDays, REVIEW_DAYS } from "../domain/working-days.ts";
import { NotAllowed } from "../errors.ts";
import { readPosted } from "../http/body.ts";
import { CSRF_FIELD, requireOwnOrigin } from "../http/csrf.ts";
import { openCase } from "./case-page.ts";
import { stampTime } from "./desk-times.ts";
import { draftOf, EMPTY_LETTER, LETTER_BYTES, letterBody, PAIRS, type TypedLetter } from "./letter-form.ts";
import { type DeskRequest, deskRequest, renderDesk, requireRight, type Shown } from "./page.ts";
import { hasDeskToken } from "./session.ts";

/** The form's choices, and the letter; `letter` is null where the case lacks what art. 24 wants. */
export async function letterShown(request: DeskRequest, accident: Accident, typed: TypedLetter): Promise<Shown> {
  const { ctx, t } = request;
  const { catalogue } = ctx.config.rules;
  return {
    file: caseFileOf(accident, catalogue, false),
    pictures: picturesOf(accident),
    suggested: suggestedArticles(ctx, accident),
    pairs: PAIRS,
    ...letterPart(request, accident, typed),
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

function letterPart(request: DeskRequest, accident: Accident, typed: TypedLetter): Shown {
  const { ctx, officer, t } = request;
  const issuedAt = ctx.clock.now();
  const { until } = addWorkingDays(issuedAt, REVIEW_DAYS, ctx.config.rules.calendar);
  const { name, code, reviewer } = ctx.config.police.authority;
  const content = determinationOf(accident, draftOf(typed), {
    authority: { name, code },
    letterNumber: "",
    officer: { name: officer.name, number: officer.number },
    issuedAt,
    reviewLastDay: until,
    replaces: letterOf(accident)?.number ?? null,
  });
  return {
    letter: content,
    reviewer,
    day: (at: Date) => stampTime(at).slice(0, 10),
    minute: (at: Date) => stampTime(at).slice(0, 16),
    insurer: (one: string, written: string | null) =>
      ctx.config.insurers.find((insurer) => insurer.code === one)?.zh ?? written ?? one,
    zh: ctx.render.words("zh"),
    label: (key: string, value: string) => t.find(`${key}.${value}`) ?? value,
  };
}

/** The letter alone, while the officer types: the form as it stands, right or wrong. */
export async function sendLetterPart(ctx: Context, koa: Koa.Context): Promise<void> {
  requireOwnOrigin(ctx, koa);
  const request = deskRequest(ctx, koa);
  requireRight(request, "determine");
  const { [CSRF_FIELD]: token, ...fields } = (await readPosted(koa, { maxBytes: LETTER_BYTES })).fields;
  if (!hasDeskToken(koa, token)) throw new NotAllowed("stale-form");
  const accident = await openCase(request);
  const { value, error } = letterBody.validate(fields);
  renderDesk(ctx, koa, "police/letter.njk", letterPart(request, accident, error ? EMPTY_LETTER : value));
}
