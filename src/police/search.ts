import type { Accident } from "../domain/accident.ts";
import { CASE_STATES, FLAGS, facetsOf, isSought } from "../domain/case-facets.ts";
import { caseFileOf } from "../domain/case-file.ts";
import { checkName } from "../domain/name.ts";
import { leads } from "../domain/officer.ts";
import { checkPhone } from "../domain/phone.ts";
import { checkPlate } from "../domain/plate.ts";
import type { ExactKind } from "../store/accident-finder.ts";
import { stampTime } from "./desk-times.ts";
import { districtName, placesOf } from "./districts.ts";
import type { DeskPage, DeskRequest } from "./page.ts";
import { openText, sealText } from "./sealed-text.ts";
import { type Asked, readSearch, type SearchForm, searchBody } from "./search-query.ts";

const PAGE = 25;
/** Of a number, plate or phone; who wants the earlier ones narrows it down. */
const MOST_EXACT = 100;

/**
 * Finds cases by number, plate, phone, letter or name (exactly, by keyed hash), by place, time, state and
 * flag, the newest first. Of a case that this account does not reach, its number leads to the district that
 * has it, and nothing else to anything. What was typed names people: the form is posted, and the address to
 * which it leads holds that sealed for this account, so that no proxy's log and no browser's list has it.
 */
export const searchPage: DeskPage<SearchForm> = {
  path: "search",
  right: "read-case",
  template: "police/search.njk",
  body: searchBody,
  submit: async (request) => addressOf(request, request.body),
  async show(request, posted) {
    const { given, errors, ...read } = readSearch(posted ?? openedQuery(request), request.officer, request.t);
    const asked = posted ? null : read.asked;
    const { accidents, next, elsewhere } = asked ? await find(request, asked) : NOTHING;
    // ids only
    const [only] = accidents.length === 1 ? accidents : [];
    if (asked) await request.log({ act: "searched", accidentId: only?.id ?? null });
    return {
      ...{ given, errors, isAsked: asked !== null, states: CASE_STATES, flags: FLAGS, time: stampTime },
      ...placesOf(request),
      elsewhere: elsewhere && districtName(request, elsewhere.district),
      found: accidents
        .filter(({ recused }) => !recused.includes(request.officer.id))
        .map((accident) => rowOf(request, accident)),
      nextUrl: next && addressOf(request, { ...given, after: next }),
    };
  },
};

/** Where the results stand: `q` sealed as `s`, the rest, which names nobody, as it is. */
function addressOf(request: DeskRequest, { q, ...rest }: SearchForm): string {
  const query = Object.entries({ s: sealText(request, q), ...rest }).filter(([, value]) => value !== "");
  return `/police/search?${new URLSearchParams(query)}`;
}

/** The form of an address; another account's opens to an empty one. */
function openedQuery(request: DeskRequest): Record<string, unknown> {
  const { s, ...query } = request.koa.query;
  if (typeof s !== "string") return query;
  const q = openText(request, s);
  return q === null ? {} : { ...query, q };
}

interface Found {
  accidents: Accident[];
  next: string | null;
  /** the case of this number, which another district has */
  elsewhere: Accident | null;
}
const NOTHING: Found = { accidents: [], next: null, elsewhere: null };

function rowOf({ ctx }: DeskRequest, accident: Accident) {
  const { catalogue } = ctx.config.rules;
  return { file: caseFileOf(accident, catalogue, false), ...facetsOf(accident, catalogue) };
}

async function find({ ctx, officer }: DeskRequest, { q, sought, span }: Asked): Promise<Found> {
  const kind = q === "" ? null : kindOf(q);
  if (kind === null) return { ...NOTHING, ...(await ctx.accidents.search(sought, span, PAGE)) };
  const { name } = checkName(q);
  if (kind.kind === "letter" && name !== null) {
    const named = await ctx.accidents.search({ ...sought, name }, span, PAGE);
    if (named.accidents.length > 0) return { ...NOTHING, ...named };
  }
  const { from, to } = span;
  const found = await ctx.accidents.listBy(kind.kind, kind.value);
  const fits = (accident: Accident) =>
    isSought(accident, sought, ctx.config.rules.catalogue) &&
    (!from || accident.openedAt >= from) &&
    (!to || accident.openedAt < to);
  const other = kind.kind === "number" ? found.find(({ district }) => !leads(officer, district)) : undefined;
  return { accidents: found.filter(fits).slice(0, MOST_EXACT), next: null, elsewhere: other ?? null };
}

const NUMBER = /^KC\d{8}-\d{6,}$/;

/** What is neither a case's number nor a phone nor a plate is a letter's number or a name. */
function kindOf(q: string): { kind: ExactKind; value: string } {
  const text = q.toUpperCase();
  if (NUMBER.test(text)) return { kind: "number", value: text };
  const phone = checkPhone(q);
  if (phone) return { kind: "phone", value: phone };
  const plate = checkPlate(q)?.plate;
  return plate ? { kind: "plate", value: plate } : { kind: "letter", value: q };
}
