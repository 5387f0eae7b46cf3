import Joi from "joi";
import { CASE_STATES, type CaseState, cellOf, FLAGS, type Flag, type Sought } from "../domain/case-facets.ts";
import type { Officer } from "../domain/officer.ts";
import { line } from "../http/fields.ts";
import { typed, validate } from "../http/validate.ts";
import type { Translate } from "../render.ts";
import type { Span } from "../store/case-listing.ts";
import { DAY_MS, dayField, dayStart } from "./days.ts";
import { districtField } from "./districts.ts";

/** The form as it was filled in. */
export interface Given {
  q: string;
  district: string;
  cell: string;
  from: string;
  to: string;
  state: CaseState | "";
  flag: Flag | "";
}

/** … with the case after which the page begins. */
export interface SearchForm extends Given {
  after: string;
}

/** What is looked for; by `q` exactly. */
export interface Asked {
  q: string;
  sought: Sought;
  span: Span;
}

const NOTHING_GIVEN: Given = { q: "", district: "", cell: "", from: "", to: "", state: "", flag: "" };
const CELL = /^-?\d{1,5}--?\d{1,5}$/;
const POINT = /^(-?\d{1,2}(?:\.\d{1,9})?)[,，\s]\s*(-?\d{1,3}(?:\.\d{1,9})?)$/;

export const searchBody = Joi.object<SearchForm>({
  q: line(60).allow("").default(""),
  district: districtField,
  cell: Joi.string()
    .trim()
    .max(40)
    .allow("")
    .default("")
    .custom((text: string, helpers) => (text === "" || cellIn(text) ? text : helpers.error("any.only")))
    .messages({ "any.only": "police.search.error.cell" }),
  from: dayField.allow("").default(""),
  to: dayField.allow("").default(""),
  state: Joi.valid(...CASE_STATES, "").default(""),
  flag: Joi.valid(...FLAGS, "").default(""),
  after: Joi.string()
    .pattern(/^\d{13}\/[\w-]{1,64}$/)
    .allow("")
    .default(""),
}).options({ stripUnknown: true });

/** The cell's code, or that of the cell in which a point "lat, lng" is. */
function cellIn(text: string): string | null {
  const [, lat, lng] = POINT.exec(text) ?? [];
  if (lat !== undefined && lng !== undefined) return cellOf({ lat: Number(lat), lng: Number(lng) });
  return CELL.test(text) ? text : null;
}

/** Reads the form of the address; `asked` is null where nothing was filled in, or something is wrong. */
export function readSearch(
  query: Record<string, unknown>,
  officer: Pick<Officer, "district">,
  t: Translate,
): { given: Given; errors: Record<string, string>; asked: Asked | null } {
  const checked = validate(searchBody, query, t);
  if ("errors" in checked) return { given: { ...NOTHING_GIVEN, ...typed(query) }, errors: checked.errors, asked: null };
  const { after, ...given } = checked.body;
  const isEmpty = Object.values(given).every((value) => value === "");
  return { given, errors: {}, asked: isEmpty ? null : { q: given.q, ...askedOf(given, after, officer) } };
}

function askedOf(
  { district, cell, from, to, state, flag }: Given,
  after: string,
  officer: Pick<Officer, "district">,
): Pick<Asked, "sought" | "span"> {
  const led = officer.district ?? district;
  const [first, last] = [dayStart(from), dayStart(to)];
  return {
    sought: {
      ...(led && { district: led }),
      ...(cell && { cell: cellIn(cell)! }),
      ...(state && { state }),
      ...(flag && { flag }),
    },
    span: {
      ...(first && { from: first }),
      ...(last && { to: new Date(last.getTime() + DAY_MS) }),
      ...(after && { after }),
    },
  };
}
