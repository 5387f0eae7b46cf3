import { readFile } from "node:fs/promises";
import type Joi from "joi";
import { parse } from "yaml";
import { errorOf } from "../errors.ts";
import { nameOf, ROWS } from "./settings.ts";

/** Settings as written, before anything is known of them. */
export type Tree = { [key: string]: unknown };

/** Reads the map in a YAML file; `name` is used in faults. */
export async function readYaml(path: string, name: string, faults: string[]): Promise<Tree> {
  try {
    const tree: unknown = parse(await readFile(path, "utf8")) ?? {};
    if (typeof tree === "object" && !Array.isArray(tree)) return tree as Tree;
    faults.push(`${name}: must be a map of settings`);
  } catch (error) {
    faults.push(`${name}: cannot be read (${errorOf(error).message.split("\n")[0]})`);
  }
  return {};
}

/**
 * Merges later trees over earlier ones: maps key by key, lists and values as a whole; null and "" mean "not
 * set".
 */
export function merge(...layers: Tree[]): Tree {
  const merged: Tree = {};
  for (const [key, value] of layers.flatMap((layer) => Object.entries(layer))) {
    if (value === undefined || value === "") continue;
    if (value === null) delete merged[key];
    else if (typeof value !== "object" || Array.isArray(value)) merged[key] = value;
    else merged[key] = merge((merged[key] ?? {}) as Tree, value as Tree);
  }
  return merged;
}

/** The settings that stand in the environment, where the schema expects them. */
export function fromEnvironment(env: NodeJS.ProcessEnv): Tree {
  const tree: Record<string, Tree | string | string[]> = {};
  for (const { variable, path, schema } of ROWS) {
    const text = variable && env[variable]?.trim();
    if (!text) continue;
    const [group = "", leaf] = path.split(".");
    const value = schema.type === "array" ? text.split(/[\s,]+/) : text;
    tree[group] = leaf ? { ...(tree[group] as Tree), [leaf]: value } : value;
  }
  return tree;
}

/**
 * Returns the checked value. Faults are added by name, and faulty parts removed so that the rest can be
 * checked further.
 */
export function check<T>(schema: Joi.ObjectSchema, tree: Tree, faults: string[]): T {
  const { value, error } = schema.validate(structuredClone(tree), { abortEarly: false, errors: { label: false } });
  for (const { path, message } of error?.details ?? []) {
    faults.push(`${faultName(path, tree)}: ${message}`);
    takeOut(value, path);
  }
  return value as T;
}

function takeOut(tree: Tree, path: (string | number)[]): void {
  const holder = path.slice(0, -1).reduce<unknown>((part, key) => (part as Tree | undefined)?.[key], tree);
  const key = path.at(-1) ?? "";
  if (Array.isArray(holder)) holder[Number(key)] = {};
  else if (holder !== null && typeof holder === "object") delete (holder as Tree)[key];
}

/** `insurers.PICC.url`, not `insurers.0.url`. */
function faultName(path: (string | number)[], tree: Tree): string {
  const [list, index] = path;
  const entry =
    typeof index === "number" && Array.isArray(tree[String(list)]) ? (tree[String(list)] as Tree[])[index] : {};
  const label = entry?.code ?? entry?.id;
  const name = (label ? [list, label, ...path.slice(2)] : path).join(".");
  return nameOf(name.replace(/^(wechat\.apiUrls|roles)\.\d+$/, "$1"));
}
