import type { Collection } from "../disk/catalogue.ts";
import { makePlan } from "../disk/plan.ts";
import { Fault } from "../fault.ts";
import { compileFilter, type Filter } from "../query/filter.ts";
import { Registry } from "../registry.ts";
import { toSafeInteger } from "../values/numbers.ts";
import { Doc, docOf, int, isNumeric, type Value } from "../values/value.ts";
import type { Command, Context } from "./context.ts";
import { docOption, docsOption, namespaceOf } from "./options.ts";
import { Row } from "./row.ts";
import { find, once } from "./rows.ts";

/** The parsed pipeline of `countDocuments`: the filter, and the fields of the answer. */
type Question = { filter: Doc; id: Value; as: string };

const STAGE = { code: 40324, words: "Unrecognized pipeline stage name" };

export const STAGES = new Registry<(question: Question, spec: Doc) => Question>("stage", STAGE, {
  $match: (question, spec) => ({ ...question, filter: spec }),
  $group: (question, spec) => {
    const [id, sum, ...others] = spec;
    if (id?.[0] !== "_id" || !isNumeric(id[1]) || !sum || others.length > 0) throw notACount();
    const [name, counted] = sum;
    if (!(counted instanceof Doc) || counted.size !== 1) throw notACount();
    const [[op, by]] = counted as unknown as [[string, Value]];
    ACCUMULATORS.get(op)(by);
    return { ...question, id: id[1], as: name };
  },
});

export const ACCUMULATORS = new Registry<(operand: Value) => void>(
  "accumulator",
  { code: 15952, words: "unknown group operator" },
  {
    $sum: (by) => {
      if (!isNumeric(by) || toSafeInteger(by) !== 1) throw notACount();
    },
  },
);

const notACount = () =>
  new Fault(40324, "an aggregation is a count in the dialect: $match, and $group with the sum of ones");

/**
 * Answers `countDocuments`, which drivers send as an aggregation: one row with the number, no row when
 * nothing matches.
 */
export const aggregateCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  if (docOption(command, "cursor")?.size !== 0) throw new Fault(9, "aggregate takes an empty cursor option");
  const stages = docsOption(command, "pipeline").flatMap((stage) => [...stage]);
  const question = stages.reduce<Question>(
    (before, [name, spec]) => {
      const stage = STAGES.get(name);
      if (!(spec instanceof Doc)) throw new Fault(15959, `the ${name} stage specification must be an object`);
      return stage(before, spec);
    },
    { filter: new Doc(), id: null, as: "" },
  );
  if (stages.map(([name]) => name).join() !== "$match,$group") throw notACount();
  const count = await countMatching(context, context.catalogue.find(namespace), compileFilter(question.filter));
  const rows = count === 0 ? [] : [new Row({ doc: docOf({ _id: question.id, [question.as]: int(count) }) })];
  return context.cursors.start(namespace, once(rows), {});
};

/** Answers `estimatedDocumentCount`: the number of all documents in the collection. */
export const countCommand: Command = async (command, context) => {
  const collection = context.catalogue.find(namespaceOf(command, context.database));
  return docOf({ n: int(await countMatching(context, collection, compileFilter(new Doc()))), ok: 1 });
};

/** Counts the entries of an index where they answer the filter exactly, without reading documents. */
async function countMatching(context: Context, collection: Collection | undefined, filter: Filter): Promise<number> {
  if (!collection) return 0;
  const plan = makePlan(collection, filter, []);
  if (plan.exact && !plan.repeats) return plan.ranges.reduce((sum, range) => sum + context.store.count(range), 0);
  let count = 0;
  for await (const piece of find(context, collection, { filter, sort: [] })) count += piece.length;
  return count;
}
