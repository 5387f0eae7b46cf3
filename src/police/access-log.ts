import Joi from "joi";
import type { AccessFilter } from "../store/access-log.ts";
import { DAY_MS, dayStart } from "./days.ts";
import { stampTime } from "./desk-times.ts";
import type { DeskPage, DeskRequest } from "./page.ts";

const MOST_ROWS = 500;

const query = Joi.object<{ day: string; officer: string; case: string }>({
  day: Joi.string()
    .pattern(/^\d{4}-\d{2}-\d{2}$/)
    .allow("")
    .default(""),
  officer: Joi.string().trim().max(40).allow("").default(""),
  case: Joi.string().trim().max(40).allow("").default(""),
}).options({ stripUnknown: true });

/** The log's rows by day, account and case, the newest first. Reading it is a row of it. */
export const accessLogPage: DeskPage = {
  path: "access-log",
  right: "read-access-log",
  template: "police/access-log.njk",
  async show(request) {
    const { value, error } = query.validate(request.koa.query);
    const given = error ? { day: "", officer: "", case: "" } : value;
    await request.log({ act: "read-access-log" });
    return { given, ...(await rowsOf(request, given)), most: MOST_ROWS, time: stampTime };
  },
};

async function rowsOf({ ctx, officer: reader }: DeskRequest, given: { day: string; officer: string; case: string }) {
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
