import { fileURLToPath } from "node:url";
import type Joi from "joi";
import type { Condition } from "../domain/eligibility.ts";
import type { Act, Catalogue } from "../domain/liability.ts";
import { menuSchema, type WrittenMenu } from "./menu.ts";
import { catalogueSchema, conditionsSchema } from "./rules-schema.ts";
import { check, readYaml } from "./sources.ts";

/** A file of config/ in the project. */
export const projectFile = (name: string) => fileURLToPath(new URL(`../../../config/${name}`, import.meta.url));

export interface Rules {
  catalogue: Catalogue;
  conditions: Condition[];
}

const read = async <T>(name: string, schema: Joi.ObjectSchema, faults: string[]) =>
  check<T>(schema, await readYaml(projectFile(name), `config/${name}`, faults), faults);

/** Who may settle here, and which acts make liable. */
export async function readRules(faults: string[]): Promise<Rules> {
  const { conditions } = await read<{ conditions: Condition[] }>("eligibility.yaml", conditionsSchema, faults);
  const catalogue = await read<Catalogue>("liability.yaml", catalogueSchema, faults);
  const known = new Set(catalogue.acts?.map((act: Act) => act.id));
  for (const id of catalogue.notEqual?.flat() ?? []) {
    if (!known.has(id)) faults.push(`config/liability.yaml: notEqual names ${id}, which is no act`);
  }
  return { conditions, catalogue };
}

export const readMenu = (faults: string[]): Promise<WrittenMenu> => read<WrittenMenu>("menu.yaml", menuSchema, faults);
