import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import Joi from "joi";
import type { WorkingCalendar } from "../domain/working-days.ts";

/** What the city's folder says over the package. */
export interface WrittenHolidays {
  years: number[];
  off: string[];
  worked: string[];
}

const day = Joi.string()
  .pattern(/^\d{4}-\d{2}-\d{2}$/)
  .custom((text: string, helpers) => {
    const at = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : helpers.error("day.none");
  })
  .messages({ "string.pattern.base": "must be a day such as 2027-02-06", "day.none": "is no day of the calendar" });
const days = Joi.array().items(day).unique().default([]);

export const holidaysSchema = Joi.object<WrittenHolidays>({
  years: Joi.array().items(Joi.number().integer().min(2000).max(2100)).unique().default([]),
  off: days,
  worked: days,
}).custom((value: WrittenHolidays, helpers) => {
  const both = value.off.find((one) => value.worked.includes(one));
  return both ? helpers.message({ custom: `${both} is both off and worked` }) : value;
});

/** Holidays and worked days by date, as the package chinese-days has them; it needs no network. */
interface KnownDays {
  holidays: Record<string, string>;
  workdays: Record<string, string>;
}

/** Joins what the package knows with what the city's file says over it. */
export async function calendarOf(written: WrittenHolidays): Promise<WorkingCalendar> {
  const path = fileURLToPath(import.meta.resolve("chinese-days/dist/chinese-days.json"));
  const { holidays, workdays } = JSON.parse(await readFile(path, "utf8")) as KnownDays;
  const known = Object.keys(holidays);
  const without = (list: string[], others: string[]) => list.filter((one) => !others.includes(one));
  return {
    years: new Set([...known.map((one) => Number(one.slice(0, 4))), ...written.years]),
    off: new Set([...without(known, written.worked), ...written.off]),
    worked: new Set([...without(Object.keys(workdays), written.off), ...written.worked]),
  };
}
