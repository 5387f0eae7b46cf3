import Joi from "joi";
import { rowId } from "../domain/access.ts";
import type { Officer } from "../domain/officer.ts";
import { typed } from "../http/validate.ts";
import type { AccessFilter } from "../store/access-log.ts";
import { DAY_MS, dayField, dayStart } from "./days.ts";
import { stampTime } from "./desk-times.ts";
import type { DeskPage, DeskRequest } from "./page.ts";
import { openText, sealText } from "./sealed-text.ts";

const MOST_ROWS = 200;

interface Given {
  day: string;
  officer: string;
  case: string;
  /** id of the last row of the page before */
  before: string;
}
const NOTHING_GIVEN: Given = { day: "", officer: "", case: "", before: "" };

const body = Joi.object<Given>({
  day: dayField.allow("").default(""),
  officer: Joi.string().trim().max(40).allow("").default(""),
  case: Joi.string().trim().max(40).allow("").default(""),
  before: Joi.string()
    .pattern(/^[\w-]{1,60}\/\d{9}$/)
    .allow("")
    .default(""),
}).options({ stripUnknown: true });

/**
 * The log's rows by day, account and case, the newest first, page by page; a supervisor of a district reads
 * what its officers did. Reading it is a row of it. The address holds the officer's number sealed.
 */
export const accessLogPage: DeskPage<Given> = {
  path: "access-log",
  right: "read-access-log",
  template: "police/access-log.njk",
  body,
  async submit(request) {
    return addressOf(request, { ...request.body, before: "" });
  },
  async show(request, posted) {
    if (posted) return { given: { ...NOTHING_GIVEN, ...typed(posted) }, rows: [], next: undefined };
    const given = givenIn(request);
    await request.log({ act: "read-access-log" });
    return { given, ...(await rowsOf(request, given)), time: stampTime };
  },
};

function addressOf(request: DeskRequest, { officer, ...rest }: Given): string {
  const query = Object.entries({ by: sealText(request, officer), ...rest }).filter(([, value]) => value !== "");
  return `/police/access-log?${new URLSearchParams(query)}`;
}

function givenIn(request: DeskRequest): Given {
  const { by, ...query } = request.koa.query;
  const officer = typeof by === "string" ? openText(request, by) : undefined;
  if (officer === null) return NOTHING_GIVEN;
  const { value, error } = body.validate({ ...query, ...(officer !== undefined && { officer }) });
  return error ? NOTHING_GIVEN : value;
}

async function rowsOf(request: DeskRequest, given: Given) {
  const { ctx } = request;
  const accidents = given.case ? await ctx.accidents.listBy("number", given.case.toUpperCase()) : [];
  if (given.case && accidents.length === 0) return { rows: [], next: undefined };
  const all = new Map((await ctx.officers.list()).map((officer) => [officer.id, officer]));
  const officerIds = idsOf(request, given, [...all.values()]);
  const filter: AccessFilter = {
    ...(given.day && daysOf(given.day)),
    ...(officerIds && { officerIds }),
    ...(accidents[0] && { accidentId: accidents[0].id }),
    ...(given.before && { before: given.before }),
  };
  const found = await ctx.accessLog.list(filter, MOST_ROWS + 1);
  const shown = found.slice(0, MOST_ROWS);
  const numbers = await ctx.accidents.listNumbers(shown.flatMap(({ accidentId }) => accidentId ?? []));
  const rows = shown.map((row) => ({
    ...row,
    officer: all.get(row.officerId) ?? null,
    number: row.accidentId && (numbers.get(row.accidentId) ?? row.accidentId),
  }));
  const last = found.length > MOST_ROWS ? shown.at(-1) : undefined;
  return { rows, next: last && addressOf(request, { ...given, before: rowId(last) }) };
}

/** Whose rows are asked for: of one account, of a district's; null: everybody's. */
function idsOf({ ctx, officer: reader }: DeskRequest, given: Given, all: readonly Officer[]): string[] | null {
  const asked = given.officer ? ctx.officers.idOf(given.officer) : null;
  if (reader.district === null) return asked === null ? null : [asked];
  const led = all.filter(({ district }) => district === reader.district).map(({ id }) => id);
  return asked === null ? led : led.filter((id) => id === asked);
}

function daysOf(day: string): Pick<AccessFilter, "from" | "to"> {
  const from = dayStart(day);
  return from ? { from, to: new Date(from.getTime() + DAY_MS) } : {};
}
