import Joi from "joi";
import type { Setting } from "./setting.ts";
import { PLACE } from "./settings-of-place.ts";
import { POLICE } from "./settings-of-police.ts";
import { RETENTION } from "./settings-of-retention.ts";
import { GEOCODER, PHOTOS, SERVER } from "./settings-of-server.ts";
import { STORAGE } from "./settings-of-storage.ts";
import { WECHAT } from "./settings-of-wechat.ts";

/** Every setting by its place in a file: source of schema, types, faults and the tables of both READMEs. */
export const SETTINGS = {
  ...SERVER,
  wechat: WECHAT,
  ...STORAGE,
  ...RETENTION,
  ...PHOTOS,
  ...GEOCODER,
  ...POLICE,
  ...PLACE,
};

type ValuesOf<Rows> = { [Name in keyof Rows]: Rows[Name] extends Setting<infer Value> ? Value : ValuesOf<Rows[Name]> };

/** Values that pass the schema, before derived ones are filled in. */
export type Settings = ValuesOf<typeof SETTINGS>;

/** A row with its path ("wechat.token") and the name by which faults and people call it. */
export interface Row extends Setting<unknown> {
  path: string;
  name: string;
}

const isSetting = (part: object): part is Setting<unknown> => "schema" in part;

function rowsBelow(parts: object, above = ""): Row[] {
  return Object.entries(parts).flatMap(([key, part]: [string, object]) => {
    const path = above + key;
    return isSetting(part) ? [{ ...part, path, name: part.variable ?? path }] : rowsBelow(part, `${path}.`);
  });
}

export const ROWS: readonly Row[] = rowsBelow(SETTINGS);

/** Returns a setting from checked values; undefined when it, or a group around it, is missing. */
export const valueAt = (settings: object, path: string): unknown =>
  path.split(".").reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], settings);

/** A fault is named by its variable where there is one, else by its path in the file. */
export const nameOf = (path: string): string => ROWS.find((row) => row.path === path)?.name ?? path;

/** Demands of a group besides the form of each of its settings. */
const TOGETHER: Record<string, (group: Joi.ObjectSchema) => Joi.ObjectSchema> = {
  bucket: (group) =>
    group.and("accessKeyId", "secretAccessKey").messages({ "object.and": "needs {#missing} beside {#present}" }),
};

function schemaOf(parts: object): Joi.ObjectSchema {
  const entries = Object.entries(parts).map(([key, part]: [string, object]): [string, Joi.Schema] => {
    if (isSetting(part)) return [key, part.schema];
    const group = (TOGETHER[key] ?? ((same) => same))(schemaOf(part));
    return [key, Object.values(part).some(isRequired) ? group.required() : group.default()];
  });
  return Joi.object(Object.fromEntries(entries));
}

const isRequired = (part: object): boolean =>
  isSetting(part) ? flagsOf(part.schema)["presence"] === "required" : Object.values(part).some(isRequired);

/** The default as the tables write it. */
export const defaultOf = ({ schema }: Setting<unknown>): string => String(flagsOf(schema)["default"] ?? "");

const flagsOf = (schema: Joi.Schema) => (schema.describe().flags ?? {}) as Record<string, unknown>;

/** Schema of all settings; what only production demands is in checks.ts. */
export const settingsSchema = schemaOf(SETTINGS);
