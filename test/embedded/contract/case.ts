import { mongo } from "mongoose";

const { BSON } = mongo;

export type Collection = mongo.Collection<mongo.BSON.Document>;
type Document = mongo.BSON.Document;
// biome-ignore lint/suspicious/noExplicitAny: refused features are sent on purpose, which the types forbid
export type Loose = any;

/** One case of the contract: what is sent, and what both databases answer. */
export type Case = {
  name: string;
  run: (collection: Collection) => Promise<unknown>;
  gives: unknown;
  /**
   * Set where the second database answers differently: its answer, or why it is not asked. The
   * documentation of MongoDB decides which is right.
   */
  second?: { gives: unknown } | { notAsked: string };
};
export type Second = Case["second"];

/** A result that stands for an error with this code. */
export function code(number: number): { code: number } {
  return { code: number };
}

export async function outcome(one: Case, collection: Collection): Promise<unknown> {
  try {
    return await one.run(collection);
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError)) throw error;
    return code(Number(error.code));
  }
}

/** The second database gives rare errors under the general code 2 (BadValue). */
export const RARE: Second = { gives: code(2) };

/** Formats a value with every type named and fields in their order. */
export function canonical(value: unknown): string {
  return BSON.EJSON.stringify({ value: value ?? null }, { relaxed: false });
}

export async function filled(collection: Collection, documents: readonly Document[]): Promise<Collection> {
  if (documents.length > 0) await collection.insertMany(documents.map((document) => ({ ...document })));
  return collection;
}

/** A case: `filter` finds the documents with these `_id`s; the documents are numbered from 1. */
export function finds(
  documents: readonly Document[],
  filter: Loose,
  ids: readonly number[] | { code: number },
  second?: Second,
): Case {
  const run = async (collection: Collection) => {
    await filled(collection, numbered(documents));
    const found = await collection.find(filter, { projection: { _id: 1 } }).toArray();
    return found.map((document) => Number(document["_id"])).sort((a, b) => a - b);
  };
  return { name: `find ${show(filter)} in ${show(documents)}`, run, gives: ids, ...(second && { second }) };
}

function numbered(documents: readonly Document[]): Document[] {
  return documents.map((document, i) => ({ _id: i + 1, ...document }));
}

type UpdateOptions = { filter?: Loose; options?: Loose; second?: Second };

/** A case: the update makes this of the document (without its `_id`, which is 1). */
export function becomes(
  before: Document,
  update: Loose,
  after: Document | { code: number },
  { filter, options, second }: UpdateOptions = {},
): Case {
  const run = async (collection: Collection) => {
    await filled(collection, [{ _id: 1, ...before }]);
    await collection.updateOne({ _id: 1, ...filter }, update, options);
    const { _id, ...rest } = (await collection.findOne({ _id: 1 as Loose })) as Document;
    return rest;
  };
  const name = `update ${show(before)} ${filter ? `where ${show(filter)} ` : ""}by ${show(update)} ${options ? show(options) : ""}`;
  return { name, run, gives: after, ...(second && { second }) };
}

/** A case: the projection makes this of the document. */
export function shows(
  document: Document,
  projection: Loose,
  result: Document | { code: number },
  second?: Second,
): Case {
  const run = async (collection: Collection) => {
    await filled(collection, [{ _id: 1, ...document }]);
    return collection.findOne({}, { projection });
  };
  return { name: `project ${show(document)} by ${show(projection)}`, run, gives: result, ...(second && { second }) };
}

function show(value: unknown): string {
  return BSON.EJSON.stringify(value as object).slice(0, 160);
}
