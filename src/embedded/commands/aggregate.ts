import { checkOptions, refuseOperator } from "../dialect.ts";
import { Fault } from "../fault.ts";
import { compileFilter } from "../query/filter.ts";
import { compileProjection } from "../query/projection.ts";
import { parseSort } from "../query/sort.ts";
import { toSafeInteger } from "../values/numbers.ts";
import { type DateTime, Doc, docOf, int, isNumeric, type Value } from "../values/value.ts";
import type { Command, Context } from "./context.ts";
import { FIRST_BATCH } from "./cursors.ts";
import { compileGroup } from "./group.ts";
import { docOption, docsOption, namespaceOf, sizeOption } from "./options.ts";
import { countMatching } from "./read.ts";
import { filtered, find, limited, once, projected, Row, type Rows, skipped, sorted } from "./rows.ts";

type Stage = { name: string; operand: Value };

export const aggregateCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const cursor = docOption(command, "cursor");
  if (!cursor) throw new Fault(9, "The 'cursor' option is required, except for aggregate with the explain argument");
  checkOptions("cursor", cursor.keys(), ["batchSize"]);
  const stages = docsOption(command, "pipeline").map(stageOf);
  const rows = (await countOnly(context, namespace, stages)) ?? run(context, namespace, stages);
  return context.cursors.start(namespace, rows, { batchSize: sizeOption(cursor, "batchSize") ?? FIRST_BATCH });
};

function stageOf(stage: Doc): Stage {
  if (stage.size !== 1) throw new Fault(40323, "A pipeline stage specification object must contain exactly one field.");
  const [[name, operand]] = stage as unknown as [[string, Value]];
  if (name !== "$match" && !STAGES[name]) refuseOperator("stage", name);
  return { name, operand };
}

/** A first `$match` with a `$sort` behind it chooses the index. */
function run(context: Context, namespace: string, stages: readonly Stage[]): Rows {
  const match = stages[0]?.name === "$match" ? stages[0] : undefined;
  const behind = stages.slice(match ? 1 : 0);
  const order = behind[0]?.name === "$sort" ? behind[0] : undefined;
  const filter = compileFilter(match ? specOf(match) : new Doc(), context.now);
  const sort = order ? parseSort(specOf(order)) : [];
  const steps = behind.slice(order ? 1 : 0).map((stage) => STAGES[stage.name]!(stage, context.now));
  const rows = find(context, context.catalogue.find(namespace), { filter, sort });
  return steps.reduce((before, step) => step(before), rows);
}

function specOf({ name, operand }: Stage): Doc {
  if (operand instanceof Doc) return operand;
  throw new Fault(15959, `the ${name} stage specification must be an object`);
}

function numberOf({ name, operand }: Stage, least: number): number {
  const value = isNumeric(operand) ? toSafeInteger(operand) : Number.NaN;
  if (Number.isNaN(value) || value < least)
    throw new Fault(least === 0 ? 15956 : 15958, `invalid argument to ${name} stage`);
  return value;
}

const STAGES: Readonly<Record<string, (stage: Stage, now: DateTime) => (rows: Rows) => Rows>> = {
  $match: (stage, now) => {
    const filter = compileFilter(specOf(stage), now);
    return (rows) => filtered(rows, filter);
  },
  $sort: (stage) => {
    const fields = parseSort(specOf(stage));
    if (fields.length === 0) throw new Fault(15976, "$sort stage must have at least one sort key");
    return (rows) => sorted(rows, fields);
  },
  $skip: (stage) => {
    const count = numberOf(stage, 0);
    return (rows) => skipped(rows, count);
  },
  $limit: (stage) => {
    const count = numberOf(stage, 1);
    return (rows) => limited(rows, count);
  },
  $project: (stage) => {
    const spec = specOf(stage);
    const operator = [...spec.values()].find((value) => value instanceof Doc);
    if (operator) return refuseOperator("projection", [...operator.keys()][0] ?? "{}");
    const projection = compileProjection(spec);
    if (!projection) throw new Fault(51272, "Invalid $project: projection specification must have at least one field");
    return (rows) => projected(rows, projection);
  },
  $group: (stage, now) => compileGroup(specOf(stage), now),
  $count: ({ operand }) => {
    if (typeof operand !== "string" || !/^[^$.\0][^.\0]*$/.test(operand))
      throw new Fault(40156, "the count field must be a non-empty string");
    return (rows) => counted(rows, operand);
  },
};

async function* counted(rows: Rows, name: string): Rows {
  let count = 0;
  for await (const piece of rows) count += piece.length;
  if (count > 0) yield [new Row({ doc: docOf({ [name]: int(count) }) })];
}

/** `countDocuments` sends `$match` and `{$group: {_id: 1, n: {$sum: 1}}}`: no document need be decoded for that. */
async function countOnly(context: Context, namespace: string, stages: readonly Stage[]): Promise<Rows | undefined> {
  const [match, group] = stages[0]?.name === "$match" ? stages : [undefined, ...stages];
  if (stages.length !== (match ? 2 : 1) || group?.name !== "$group" || !(group.operand instanceof Doc))
    return undefined;
  const [id, sum, ...others] = group.operand;
  const isPlainId = id?.[0] === "_id" && (isNumeric(id[1]) || id[1] === null);
  const adds = sum?.[1] instanceof Doc && sum[1].size === 1 ? sum[1].get("$sum") : undefined;
  if (!isPlainId || !isNumeric(adds) || toSafeInteger(adds) !== 1 || others.length > 0) return undefined;
  const filter = compileFilter(match ? specOf(match) : new Doc(), context.now);
  const count = await countMatching(context, context.catalogue.find(namespace), filter);
  return once(count === 0 ? [] : [new Row({ doc: docOf({ _id: id[1], [sum![0]]: int(count) }) })]);
}
