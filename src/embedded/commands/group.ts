import { refuseOperator } from "../dialect.ts";
import { Fault } from "../fault.ts";
import { compileExpression, type Expression } from "../query/expression.ts";
import { compare } from "../values/compare.ts";
import { encodeKey } from "../values/key.ts";
import { calculateWide, type Numeric } from "../values/numbers.ts";
import { type DateTime, Doc, int, isNumeric, type Value } from "../values/value.ts";
import { Row, type Rows } from "./rows.ts";

type Accumulate = (before: Value | undefined, value: Value | undefined) => Value | undefined;
type Field = { name: string; expression: Expression; accumulate: Accumulate; empty: Value };

const ACCUMULATE: Readonly<Record<string, Accumulate>> = {
  $sum: (before, value) => (isNumeric(value) ? calculateWide("add", before as Numeric, value) : before),
  $count: (before) => calculateWide("add", before as Numeric, int(1)),
  $min: (before, value) => pick(before, value, (difference) => difference < 0),
  $max: (before, value) => pick(before, value, (difference) => difference > 0),
};

/** Missing and null do not take part. */
function pick(
  before: Value | undefined,
  value: Value | undefined,
  better: (difference: number) => boolean,
): Value | undefined {
  if (value === undefined || value === null) return before;
  if (before === undefined || before === null) return value;
  return better(compare(value, before)) ? value : before;
}

/** `$group`: one row for each value of `_id`, in the order in which they came. */
export function compileGroup(spec: Doc, now: DateTime): (rows: Rows) => Rows {
  const idSource = spec.get("_id");
  if (idSource === undefined) throw new Fault(15955, "a group specification must include an _id");
  const id = compileExpression(idSource, now);
  const fields = [...spec].filter(([name]) => name !== "_id").map(([name, source]) => compileField(name, source, now));
  return (rows) => grouped(rows, id, fields);
}

function compileField(name: string, source: Value, now: DateTime): Field {
  if (!(source instanceof Doc) || source.size !== 1)
    throw new Fault(40234, `The field '${name}' must be an accumulator object`);
  if (name.includes(".") || name.startsWith("$"))
    throw new Fault(40235, `The field name '${name}' cannot contain '.' or '$'`);
  const [[op, operand]] = source as unknown as [[string, Value]];
  const accumulate = ACCUMULATE[op];
  if (!accumulate) return refuseOperator("accumulator", op);
  if (op === "$count" && !(operand instanceof Doc && operand.size === 0))
    throw new Fault(9, "$count takes no arguments: {}");
  const empty = op === "$sum" || op === "$count" ? int(0) : null;
  return { name, expression: compileExpression(operand, now), accumulate, empty };
}

async function* grouped(rows: Rows, id: Expression, fields: readonly Field[]): Rows {
  const groups = new Map<string, Doc>();
  for await (const piece of rows) {
    for (const { doc } of piece) {
      const value = id(doc) ?? null;
      const key = encodeKey([value]).toString("latin1");
      let group = groups.get(key);
      if (!group) {
        group = new Doc([["_id", value], ...fields.map((field) => [field.name, field.empty] as const)]);
        groups.set(key, group);
      }
      for (const { name, accumulate, expression } of fields)
        group.set(name, accumulate(group.get(name), expression(doc)) ?? null);
    }
  }
  if (groups.size > 0) yield [...groups.values()].map((doc) => new Row({ doc }));
}
