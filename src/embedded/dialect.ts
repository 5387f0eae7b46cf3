import { COMMANDS, COMMON_OPTIONS } from "./commands/commands.ts";
import { ACCUMULATORS, STAGES } from "./commands/count.ts";
import { INDEX_OPTIONS } from "./commands/index-spec.ts";
import { DELETE_OPTIONS, UPDATE_OPTIONS } from "./commands/write.ts";
import { FIELD_OPERATORS, LOGICAL_OPERATORS } from "./query/filter.ts";
import { PROJECTION_OPERATORS } from "./query/projection.ts";
import type { Registry } from "./registry.ts";
import { PUSH_MODIFIERS, UPDATE_OPERATORS } from "./update/operators.ts";
import { TYPE } from "./values/value.ts";

const REGISTRIES: readonly Registry<unknown>[] = [
  COMMANDS,
  COMMON_OPTIONS,
  ...COMMANDS.names.map((name) => COMMANDS.get(name).options),
  UPDATE_OPTIONS,
  DELETE_OPTIONS,
  INDEX_OPTIONS,
  LOGICAL_OPERATORS,
  FIELD_OPERATORS,
  UPDATE_OPERATORS,
  PUSH_MODIFIERS,
  PROJECTION_OPERATORS,
  STAGES,
  ACCUMULATORS,
];

/**
 * All names that the embedded database answers, such as "find sort" or "update $set", read from the
 * registries in which evaluators are looked up.
 */
export const DIALECT: readonly string[] = [
  ...REGISTRIES.flatMap(({ kind, names }) => names.map((name) => `${kind} ${name}`)),
  ...Object.keys(TYPE).map((type) => `type ${type}`),
];
