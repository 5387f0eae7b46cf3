import Joi from "joi";
import { caseFileOf } from "../domain/case-file.ts";
import { leads } from "../domain/officer.ts";
import { checkPhone } from "../domain/phone.ts";
import { checkPlate } from "../domain/plate.ts";
import { stampTime } from "./desk-times.ts";
import { districtName } from "./districts.ts";
import type { DeskPage, DeskRequest } from "./page.ts";

const query = Joi.object<{ q: string }>({ q: Joi.string().trim().max(60).allow("").default("") }).options({
  stripUnknown: true,
});

const NUMBER = /^KC\d{8}-\d{6,}$/;

/**
 * Finds cases by number, plate or phone: exactly, by keyed hash. Of a case of a district that this account
 * does not reach, its number leads to the district that has it, and nothing else to anything.
 */
export const searchPage: DeskPage = {
  path: "search",
  right: "read-case",
  template: "police/search.njk",
  async show(request) {
    const { value, error } = query.validate(request.koa.query);
    const q = error ? "" : value.q;
    const sought = kindOf(q);
    if (q) await request.log({ act: "searched" });
    return { q, sought, time: stampTime, ...(sought ? await find(request, sought) : { found: [], elsewhere: null }) };
  },
};

interface Sought {
  kind: "number" | "plate" | "phone";
  value: string;
}

function kindOf(q: string): Sought | null {
  const text = q.toUpperCase();
  if (NUMBER.test(text)) return { kind: "number", value: text };
  const phone = checkPhone(q);
  if (phone) return { kind: "phone", value: phone };
  const plate = checkPlate(q)?.plate;
  return plate ? { kind: "plate", value: plate } : null;
}

async function find(request: DeskRequest, { kind, value }: Sought) {
  const { ctx, officer } = request;
  const found = await ctx.accidents.listBy(kind, value);
  const own = found.filter(({ district }) => leads(officer, district));
  const other = kind === "number" && own.length === 0 ? found[0] : undefined;
  return {
    found: own.map((accident) => caseFileOf(accident, ctx.config.rules.catalogue, false)),
    elsewhere: other ? districtName(request, other.district) : null,
  };
}
