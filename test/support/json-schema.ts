/**
 * Keywords of JSON Schema that our published schemas use; any other is a mistake in the schema and throws.
 */
export type JsonSchema = Record<string, unknown>;

type Check = (args: { rule: never; value: never; schema: JsonSchema; root: JsonSchema; path: string }) => string[];

const fault = (path: string, what: string, bad: boolean) => (bad ? [`${path}: ${what}`] : []);
const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

function typeOf(value: unknown): string[] {
  if (value === null) return ["null"];
  if (Array.isArray(value)) return ["array"];
  if (Number.isInteger(value)) return ["integer", "number"];
  return [typeof value];
}

const annotation = () => [];

const CHECKS: Record<string, Check> = {
  $schema: annotation,
  $id: annotation,
  $defs: annotation,
  title: annotation,
  description: annotation,
  examples: annotation,
  properties: ({ rule, value, root, path }) =>
    Object.entries(isObject(value) ? (rule as Record<string, JsonSchema>) : {}).flatMap(([name, schema]) =>
      Object.hasOwn(value, name) ? validate(schema, value[name], root, `${path}.${name}`) : [],
    ),
  additionalProperties: ({ value, schema, path }) =>
    Object.keys(isObject(value) ? value : {})
      .filter((name) => !Object.hasOwn(schema.properties as object, name))
      .map((name) => `${path}.${name}: not allowed`),
  required: ({ rule, value, path }) =>
    (rule as string[])
      .filter((name) => isObject(value) && !Object.hasOwn(value, name))
      .map((name) => `${path}.${name}: missing`),
  type: ({ rule, value, path }) =>
    fault(path, `not ${rule}`, ![rule].flat().some((type) => typeOf(value).includes(type))),
  const: ({ rule, value, path }) => fault(path, "not the constant", rule !== value),
  enum: ({ rule, value, path }) => fault(path, `not one of ${rule}`, !(rule as unknown[]).includes(value)),
  pattern: ({ rule, value, path }) =>
    fault(path, "pattern", typeof value === "string" && !new RegExp(rule, "u").test(value)),
  maxLength: ({ rule, value, path }) =>
    fault(path, "too long", typeof value === "string" && [...(value as string)].length > rule),
  minimum: ({ rule, value, path }) => fault(path, "too small", typeof value === "number" && value < rule),
  maximum: ({ rule, value, path }) => fault(path, "too large", typeof value === "number" && value > rule),
  minItems: ({ rule, value, path }) =>
    fault(path, "too few", Array.isArray(value) && (value as unknown[]).length < rule),
  maxItems: ({ rule, value, path }) =>
    fault(path, "too many", Array.isArray(value) && (value as unknown[]).length > rule),
  items: ({ rule, value, root, path }) =>
    (Array.isArray(value) ? (value as unknown[]) : []).flatMap((item, index) =>
      validate(rule, item, root, `${path}[${index}]`),
    ),
  anyOf: ({ rule, value, root, path }) =>
    fault(
      path,
      "none of anyOf",
      !(rule as JsonSchema[]).some((schema) => validate(schema, value, root, path).length === 0),
    ),
  oneOf: ({ rule, value, root, path }) =>
    fault(
      path,
      "not one of oneOf",
      (rule as JsonSchema[]).filter((schema) => validate(schema, value, root, path).length === 0).length !== 1,
    ),
  $ref: ({ rule, value, root, path }) => {
    const name = /^#\/\$defs\/(\w+)$/.exec(rule)?.[1] ?? "";
    return validate((root.$defs as Record<string, JsonSchema>)[name] as JsonSchema, value, root, path);
  },
};

/** Lists the faults of the value, one line each; empty: valid. */
export function validate(schema: JsonSchema, value: unknown, root = schema, path = "$"): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    const check = CHECKS[keyword];
    if (!check) throw new Error(`${path}: unknown keyword ${keyword}`);
    return check({ rule: rule as never, value: value as never, schema, root, path });
  });
}
