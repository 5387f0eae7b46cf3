import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type Joi from "joi";
import type { Condition } from "../domain/eligibility.ts";
import type { Act, Catalogue } from "../domain/liability.ts";
import { factsOf } from "../errors.ts";
import { menuSchema, type WrittenMenu } from "./menu.ts";
import { catalogueSchema, conditionsSchema } from "./rules-schema.ts";
import { check, readYaml } from "./sources.ts";

/** A file of config/ in the project. */
export const projectFile = (name: string) => fileURLToPath(new URL(`../../../config/${name}`, import.meta.url));

/** Files that an operator's folder may have instead of the project's own. */
const FILES = ["eligibility.yaml", "liability.yaml", "menu.yaml"] as const;
type FileName = (typeof FILES)[number];

export interface Rules {
  catalogue: Catalogue;
  conditions: Condition[];
}

/**
 * Reads conditions, acts and the menu: each from the operator's folder if it is there, else from config/. A
 * YAML file of another name in the folder is a fault, because it would be overlooked.
 */
export async function readRules(dir: string | undefined, faults: string[]): Promise<Rules & { menu: WrittenMenu }> {
  const own = dir ? await namesIn(resolve(dir), faults) : [];
  const read = async <T>(name: FileName, schema: Joi.ObjectSchema) => {
    const isOwn = dir !== undefined && own.includes(name);
    const [path, label] = isOwn
      ? [join(resolve(dir), name), `RULES_DIR/${name}`]
      : [projectFile(name), `config/${name}`];
    return { label, value: check<T>(schema, await readYaml(path, label, faults), faults) };
  };
  const { conditions } = (await read<{ conditions: Condition[] }>("eligibility.yaml", conditionsSchema)).value;
  const { value: catalogue, label } = await read<Catalogue>("liability.yaml", catalogueSchema);
  const known = new Set(catalogue.acts?.map((act: Act) => act.id));
  if (catalogue.acts && !known.has("none")) faults.push(`${label}: needs the act none, of who did nothing wrong`);
  for (const list of ["contradictory", "notEqual"] as const) {
    for (const id of catalogue[list]?.flat() ?? [])
      if (!known.has(id)) faults.push(`${label}: ${list} names ${id}, which is no act`);
  }
  return { conditions, catalogue, menu: (await read<WrittenMenu>("menu.yaml", menuSchema)).value };
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
