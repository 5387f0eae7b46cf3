import Joi from "joi";
import type { AccessFilter } from "../store/access-log.ts";
import { DAY_MS, dayStart } from "./days.ts";
import { stampTime } from "./desk-times.ts";
import type { DeskPage, DeskRequest } from "./page.ts";
import { openText, sealText } from "./sealed-text.ts";

const MOST_ROWS = 500;

interface Given {
  day: string;
  officer: string;
  case: string;
}
const NOTHING_GIVEN: Given = { day: "", officer: "", case: "" };

const body = Joi.object<Given>({
  day: Joi.string()
    .pattern(/^\d{4}-\d{2}-\d{2}$/)
    .allow("")
    .default(""),
  officer: Joi.string().trim().max(40).allow("").default(""),
  case: Joi.string().trim().max(40).allow("").default(""),
}).options({ stripUnknown: true });

/**
 * The log's rows by day, account and case, the newest first. Reading it is a row of it. The address holds the
 * officer's number sealed.
 */
export const accessLogPage: DeskPage<Given> = {
  path: "access-log",
  right: "read-access-log",
  template: "police/access-log.njk",
  body,
  async submit(request) {
    const { officer, ...rest } = request.body;
    const query = Object.entries({ by: sealText(request, officer), ...rest }).filter(([, value]) => value !== "");
    return `/police/access-log?${new URLSearchParams(query)}`;
  },
  async show(request) {
    const given = givenIn(request);
    await request.log({ act: "read-access-log" });
    return { given, ...(await rowsOf(request, given)), most: MOST_ROWS, time: stampTime };
  },
};

function givenIn(request: DeskRequest): Given {
  const { by, ...query } = request.koa.query;
  const officer = typeof by === "string" ? openText(request, by) : undefined;
  if (officer === null) return NOTHING_GIVEN;
  const { value, error } = body.validate({ ...query, ...(officer !== undefined && { officer }) });
  return error ? NOTHING_GIVEN : value;
}

async function rowsOf({ ctx, officer: reader }: DeskRequest, given: Given) {
  const accidents = given.case ? await ctx.accidents.listBy("number", given.case.toUpperCase()) : [];
  if (given.case && accidents.length === 0) return { rows: [] };
  const filter: AccessFilter = {
    ...(given.day && daysOf(given.day)),
    ...(given.officer && { officerId: ctx.officers.idOf(given.officer) }),
    ...(accidents[0] && { accidentId: accidents[0].id }),
  };
  const officers = new Map((await ctx.officers.list()).map((officer) => [officer.id, officer]));
  const found = await ctx.accessLog.list(filter, MOST_ROWS);
  // a supervisor reads what was done in the own district
  const mine = found.filter(
    ({ officerId }) => reader.district === null || officers.get(officerId)?.district === reader.district,
  );
  const numbers = await ctx.accidents.listNumbers(mine.flatMap(({ accidentId }) => accidentId ?? []));
  const rows = mine.map((row) => ({
    ...row,
    officer: officers.get(row.officerId) ?? null,
    number: row.accidentId && (numbers.get(row.accidentId) ?? row.accidentId),
  }));
  return { rows };
}

function daysOf(day: string): Pick<AccessFilter, "from" | "to"> {
  const from = dayStart(day);
  return from ? { from, to: new Date(from.getTime() + DAY_MS) } : {};
}
