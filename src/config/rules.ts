import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type Joi from "joi";
import type { District } from "../domain/district.ts";
import type { Condition } from "../domain/eligibility.ts";
import type { Act, Catalogue } from "../domain/liability.ts";
import type { WorkingCalendar } from "../domain/working-days.ts";
import { factsOf } from "../errors.ts";
import { districtsOf, districtsSchema, type WrittenDistricts } from "./districts.ts";
import { calendarOf, holidaysSchema, type WrittenHolidays } from "./holidays.ts";
import { menuSchema, type WrittenMenu } from "./menu.ts";
import { catalogueSchema, conditionsSchema } from "./rules-schema.ts";
import { check, readYaml } from "./sources.ts";

/** A file of config/ in the project. */
export const projectFile = (name: string) => fileURLToPath(new URL(`../../../config/${name}`, import.meta.url));

/** Files that an operator's folder may have instead of the project's own. */
const FILES = ["eligibility.yaml", "liability.yaml", "menu.yaml", "districts.yaml", "holidays.yaml"] as const;
type FileName = (typeof FILES)[number];

export interface Rules {
  catalogue: Catalogue;
  conditions: Condition[];
  /** empty: the city has none, all cases are the city's */
  districts: District[];
  calendar: WorkingCalendar;
}

/**
 * Reads conditions, acts, districts, holidays and the menu: each from the operator's folder if it is there,
 * else from config/; districts of another city than `adcode` are left out. A YAML file of another name in the
 * folder is a fault, because it would be overlooked.
 */
export async function readRules(
  { dir, adcode }: { dir: string | undefined; adcode: string | undefined },
  faults: string[],
): Promise<Rules & { menu: WrittenMenu }> {
  const own = dir ? await namesIn(resolve(dir), faults) : [];
  const read = async <T>(name: FileName, schema: Joi.ObjectSchema) => {
    const isOwn = dir !== undefined && own.includes(name);
    const [path, label] = isOwn
      ? [join(resolve(dir), name), `RULES_DIR/${name}`]
      : [projectFile(name), `config/${name}`];
    const before = faults.length;
    const value = check<T>(schema, await readYaml(path, label, faults), faults);
    return { label, isOwn, value, isSound: faults.length === before };
  };
  const { conditions } = (await read<{ conditions: Condition[] }>("eligibility.yaml", conditionsSchema)).value;
  const { value: catalogue, label } = await read<Catalogue>("liability.yaml", catalogueSchema);
  const known = new Set(catalogue.acts?.map((act: Act) => act.id));
  if (catalogue.acts && !known.has("none")) faults.push(`${label}: needs the act none, of who did nothing wrong`);
  for (const list of ["contradictory", "notEqual"] as const) {
    for (const id of catalogue[list]?.flat() ?? [])
      if (!known.has(id)) faults.push(`${label}: ${list} names ${id}, which is no act`);
  }
  const written = await read<WrittenDistricts>("districts.yaml", districtsSchema);
  const isOfCity = written.isSound && written.value.adcode === adcode;
  if (written.isOwn && written.isSound && adcode && !isOfCity)
    faults.push(`${written.label}: adcode ${written.value.adcode} is not that of the city, ${adcode}`);
  const districts = isOfCity ? districtsOf(written.value) : [];
  const holidays = await read<WrittenHolidays>("holidays.yaml", holidaysSchema);
  const calendar = await calendarOf(holidays.isSound ? holidays.value : { years: [], off: [], worked: [] });
  return { conditions, catalogue, districts, calendar, menu: (await read<WrittenMenu>("menu.yaml", menuSchema)).value };
}

async function namesIn(dir: string, faults: string[]): Promise<string[]> {
  try {
    const names = (await readdir(dir)).filter((name) => /\.ya?ml$/i.test(name));
    const strange = names.filter((name) => !FILES.some((known) => known === name));
    faults.push(...strange.map((name) => `RULES_DIR: ${name} is none of ${FILES.join(", ")}`));
    return names;
  } catch (error) {
    faults.push(`RULES_DIR: cannot be read (${factsOf(error).code})`);
    return [];
  }
}
