import Joi from "joi";
import { actOnLetter } from "../actions/act-on-letter.ts";
import { type Accident, LETTERS, type Letter } from "../domain/accident.ts";
import { type LetterNumber, yearInChina } from "../domain/letter-number.ts";
import { mayHandle } from "../domain/queue.ts";
import { casePage, openCase } from "./case-page.ts";
import { dayField } from "./days.ts";
import { stampTime } from "./desk-times.ts";
import { deskOf } from "./do-act.ts";
import { officerNames } from "./officer-names.ts";
import type { DeskPage, DeskRequest } from "./page.ts";

const MOST_ROWS = 100;

const query = Joi.object<{ year?: number; before?: Date }>({
  year: Joi.number().integer().min(2000).max(2999),
  before: Joi.date().iso(),
}).options({ stripUnknown: true });

/** Numbers of the authority's letters in a year: issued, void with the reason, withdrawn, or just taken. */
export const lettersPage: DeskPage = {
  path: "letters",
  right: "read-case",
  template: "police/letters.njk",
  async show(request) {
    const { ctx, koa } = request;
    await request.log({ act: "read-letters" });
    const { value, error } = query.validate(koa.query);
    const { before, year = yearInChina(ctx.clock.now()) } = error ? {} : value;
    const { name, code } = ctx.config.police.authority;
    const filter = { authority: code, year, ...(before && { before }) };
    const found = await ctx.letterNumbers.list(filter, MOST_ROWS);
    const accidents = await ctx.accidents.findAll(found.map(({ accidentId }) => accidentId));
    const byId = new Map(accidents.map((accident) => [accident.id, accident]));
    return {
      authority: name,
      year,
      rows: found.map((row) => rowOf(request, row, byId.get(row.accidentId))),
      nameOf: await officerNames(
        request,
        found.map(({ by }) => by),
      ),
      next: found.length === MOST_ROWS ? found.at(-1)?.takenAt.toISOString() : null,
      time: stampTime,
    };
  },
};

/** A case that this account does not reach, or that was erased, stays without its number. */
function rowOf({ officer, t }: DeskRequest, row: LetterNumber, accident: Accident | undefined) {
  const isReached = accident !== undefined && mayHandle(accident, officer);
  const letter = accident?.dispute?.determinations.find(({ number }) => number === row.number);
  return {
    ...row,
    state: letter?.withdrawn ? ("withdrawn" as const) : row.state,
    served: letter ? LETTERS.map((one) => letter.served[one] !== null) : [],
    caseId: isReached ? accident.id : null,
    caseNumber: isReached ? accident.number : t(accident ? "police.audit.withheld" : "police.audit.erased"),
  };
}

const party = Joi.valid(...LETTERS).required();

/** After the time for service: the account's message served the letter (art. 65). */
export const servicePage: DeskPage<{ party: Letter }> = {
  path: "cases/:id/service",
  right: "determine",
  template: "police/case.njk",
  body: Joi.object<{ party: Letter }>({ party }),
  show: (request) => casePage.show?.(request) ?? {},
  async submit(request) {
    const { id } = await openCase(request);
    await request.log({ act: "confirmed-service", accidentId: id });
    await actOnLetter(request.ctx, id, { type: "confirm-service", by: deskOf(request), to: request.body.party });
    return `/police/cases/${id}`;
  },
};

interface ReviewBody {
  party: Letter;
  filed: string;
}

/** Notes that a party asked the higher authority for a review, and on which day (art. 71). */
export const reviewPage: DeskPage<ReviewBody> = {
  path: "cases/:id/review",
  right: "determine",
  template: "police/case.njk",
  body: Joi.object<ReviewBody>({ party, filed: dayField.required() }),
  show: (request) => casePage.show?.(request) ?? {},
  async submit(request) {
    const { id } = await openCase(request);
    const { party: of, filed: filedOn } = request.body;
    await request.log({ act: "noted-review", accidentId: id });
    await actOnLetter(request.ctx, id, { type: "note-review", by: deskOf(request), of, filedOn });
    return `/police/cases/${id}`;
  },
};
