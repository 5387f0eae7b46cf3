import { COMMON_OPTIONS } from "../../src/embedded/commands/commands.ts";
import { Doc, isArray, TYPE, typeOf, type Value } from "../../src/embedded/values/value.ts";
import { readMessage } from "../../src/embedded/wire/message.ts";

const TYPE_NAMES = new Map<number, string>(Object.entries(TYPE).map(([name, type]) => [type, name]));

/** Names of the dialect that one message of a driver contains. */
export function spokenIn(message: Buffer): string[] {
  const { command } = readMessage(message);
  if (!(command instanceof Doc)) throw command;
  const [name = "", ...options] = command.keys();
  const optionNames = options.map((option) =>
    COMMON_OPTIONS.has(option) ? `${COMMON_OPTIONS.kind} ${option}` : `${name} ${option}`,
  );
  return [`command ${name}`, ...optionNames, ...typesIn(command), ...options.flatMap((one) => inOption(command, one))];
}

function inOption(command: Doc, option: string): string[] {
  const value = command.get(option)!;
  switch (option) {
    case "filter":
    case "query":
      return inFilter(value);
    case "update":
      return inUpdate(value);
    case "projection":
    case "fields":
      return docs([...(value as Doc).values()]).flatMap((field) => prefixed("projection", field));
    case "updates":
    case "deletes":
      return docs(value).flatMap((statement) => [
        ...prefixed(`${command.keys().next().value}.${option}`, statement),
        ...inFilter(statement.get("q")!),
        ...inUpdate(statement.get("u") ?? new Doc()),
      ]);
    case "indexes":
      return docs(value).flatMap((index) => [
        ...prefixed("createIndexes.indexes", index),
        ...inFilter(index.get("partialFilterExpression") ?? new Doc()),
      ]);
    case "pipeline":
      return docs(value).flatMap(inStage);
    default:
      return [];
  }
}

const prefixed = (kind: string, doc: Doc): string[] => [...doc.keys()].map((key) => `${kind} ${key}`);

const docs = (value: Value | readonly Value[]): Doc[] =>
  isArray(value as Value) ? (value as Value[]).filter((one) => one instanceof Doc) : [];

const isOperators = (value: Value): value is Doc =>
  value instanceof Doc && [...value.keys()][0]?.startsWith("$") === true;

function inFilter(filter: Value): string[] {
  if (!(filter instanceof Doc)) return [];
  return [...filter].flatMap(([key, value]) => {
    if (key.startsWith("$")) return [`filter ${key}`, ...docs(value).flatMap(inFilter)];
    return isOperators(value) ? inConditions(value) : [];
  });
}

function inConditions(conditions: Doc): string[] {
  return [...conditions].flatMap(([op, operand]) => [
    `condition ${op}`,
    ...(isOperators(operand) ? inConditions(operand) : []),
  ]);
}

function inUpdate(update: Value): string[] {
  return [...(update as Doc)].flatMap(([op, fields]) => [
    `update ${op}`,
    ...[...(fields as Doc).values()].flatMap((operand) => {
      if (op === "$push" && isOperators(operand)) return prefixed("push", operand);
      return op === "$pull" ? inFilter(operand) : [];
    }),
  ]);
}

function inStage(stage: Doc): string[] {
  return [...stage].flatMap(([name, spec]) => {
    if (name === "$match") return [`stage ${name}`, ...inFilter(spec)];
    const accumulators = [...(spec as Doc).values()].filter(isOperators);
    return [`stage ${name}`, ...accumulators.flatMap((one) => prefixed("accumulator", one))];
  });
}

function typesIn(value: Value): string[] {
  const inside = value instanceof Doc ? [...value.values()] : isArray(value) ? value : [];
  return [`type ${TYPE_NAMES.get(typeOf(value))}`, ...inside.flatMap(typesIn)];
}
