import { Fault } from "../fault.ts";
import { compileFilter } from "../query/filter.ts";
import { Options } from "../registry.ts";
import { compileUpdate, type Updater } from "../update/update.ts";
import { checkId, withId } from "../update/upsert.ts";
import { Doc, docOf, int, type Value } from "../values/value.ts";
import type { Command, Context } from "./context.ts";
import { countOption, docOption, docsOption, flagOption, namespaceOf } from "./options.ts";
import { change, collectionFor, type Foreseen, foresee, select, type Target, upsert } from "./statements.ts";

const MOST_STATEMENTS = 100_000;

/**
 * Runs the statements one after the other, each atomic; `ordered` ones stop at the first error. Returns the
 * write errors.
 */
function each<T>(statements: readonly T[], ordered: boolean, act: (statement: T, index: number) => void): Doc[] {
  if (statements.length === 0 || statements.length > MOST_STATEMENTS) {
    throw new Fault(
      16,
      `Write batch sizes must be between 1 and ${MOST_STATEMENTS}. Got ${statements.length} operations.`,
    );
  }
  const errors: Doc[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      act(statement, index);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      errors.push(
        new Doc([["index", int(index)], ["code", int(error.code)], ["errmsg", error.message], ...(error.extra ?? [])]),
      );
      if (ordered) break;
    }
  }
  return errors;
}

function withErrors(answer: Doc, errors: readonly Doc[]): Doc {
  if (errors.length > 0) answer.set("writeErrors", [...errors]);
  return answer.set("ok", 1);
}

export const insertCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const documents = docsOption(command, "documents");
  const ordered = flagOption(command, "ordered", true);
  let inserted = 0;
  const errors = await context.store.write(() =>
    // One child transaction for all: a refused document has not written anything yet.
    context.store.atomic(() =>
      each(documents, ordered, (document) => {
        insertOne(context, namespace, document);
        inserted++;
      }),
    ),
  );
  return withErrors(docOf({ n: int(inserted) }), errors);
};

function insertOne(context: Context, namespace: string, document: Doc): void {
  const dollar = [...document.keys()].find((key) => key.startsWith("$"));
  if (dollar) throw new Fault(52, `The dollar ($) prefixed field '${dollar}' is not valid for storage.`);
  const doc = withId(document);
  checkId(doc.get("_id") as Value);
  context.documents.insert(collectionFor(context, namespace), doc);
}

/** Options of one statement inside `update`. */
export const UPDATE_OPTIONS = new Options("update.updates", ["q", "u", "upsert", "multi"]);

type Update = Target & { updater: Updater; upsert: boolean };

export const updateCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const statements = docsOption(command, "updates");
  for (const statement of statements) UPDATE_OPTIONS.check(statement.keys());
  const foreseen = await foreseeOnly(statements, (statement) => foresee(context, namespace, parseUpdate(statement)));
  const counts = { matched: 0, modified: 0 };
  const upserted: Doc[] = [];
  const { store } = context;
  const ordered = flagOption(command, "ordered", true);
  // One child transaction for all, as for inserts. A statement that changes several documents may fail
  // after some of them, and needs its own.
  const single = !statements.some((statement) => flagOption(statement, "multi"));
  const [whole, part] = single ? [atomic, plainly] : [plainly, atomic];
  const errors = await store.write(() =>
    whole(store, () =>
      each(statements, ordered, (statement, index) => {
        const update = parseUpdate(statement);
        const result = part(store, () => updateOne(context, namespace, { ...update, foreseen }));
        counts.matched += result.matched;
        counts.modified += result.modified;
        if (result.upserted) upserted.push(docOf({ index: int(index), _id: result.upserted.get("_id") }));
      }),
    ),
  );
  const answer = docOf({ n: int(counts.matched + upserted.length), nModified: int(counts.modified) });
  if (upserted.length > 0) answer.set("upserted", upserted);
  return withErrors(answer, errors);
};

const atomic = <T>(store: Context["store"], action: () => T): T => store.atomic(action);
const plainly = <T>(_store: Context["store"], action: () => T): T => action();

function parseUpdate(statement: Doc): Update {
  return {
    filter: compileFilter(docOption(statement, "q") ?? new Doc()),
    updater: compileUpdate(statement.get("u") ?? null),
    sort: [],
    upsert: flagOption(statement, "upsert"),
    multi: flagOption(statement, "multi"),
  };
}

/** Looks up documents ahead for a single statement; of several, each may change what the next one finds. */
async function foreseeOnly(
  statements: readonly Doc[],
  look: (statement: Doc) => Promise<Foreseen | undefined>,
): Promise<Foreseen | undefined> {
  try {
    return statements.length === 1 ? await look(statements[0]!) : undefined;
  } catch (error) {
    // An invalid statement is reported in the answer, under its number.
    if (error instanceof Fault && error.code !== 50) return undefined;
    throw error;
  }
}

type Updated = { matched: number; modified: number; upserted?: Doc };

function updateOne(context: Context, namespace: string, update: Update & { foreseen: Foreseen | undefined }): Updated {
  const collection = context.catalogue.find(namespace);
  const found = collection ? select(context, collection, update, update.foreseen) : [];
  if (!collection || found.length === 0) {
    return update.upsert
      ? { matched: 0, modified: 0, upserted: upsert(context, namespace, update) }
      : { matched: 0, modified: 0 };
  }
  const modified = found.filter((match) => change(context, collection, match, update.updater).modified).length;
  return { matched: found.length, modified };
}

/** Options of one statement inside `delete`. */
export const DELETE_OPTIONS = new Options("delete.deletes", ["q", "limit"]);

export const deleteCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const statements = docsOption(command, "deletes");
  for (const statement of statements) DELETE_OPTIONS.check(statement.keys());
  const foreseen = await foreseeOnly(statements, (statement) => foresee(context, namespace, parseDelete(statement)));
  let deleted = 0;
  const errors = await context.store.write(() =>
    each(statements, flagOption(command, "ordered", true), (statement) => {
      const target = parseDelete(statement);
      deleted += context.store.atomic(() => deleteOne(context, namespace, { ...target, foreseen }));
    }),
  );
  return withErrors(docOf({ n: int(deleted) }), errors);
};

function parseDelete(statement: Doc): Target {
  const limit = countOption(statement, "limit");
  if (limit !== 0 && limit !== 1) throw new Fault(9, "The limit field in delete objects must be 0 or 1");
  const filter = compileFilter(docOption(statement, "q") ?? new Doc());
  return { filter, sort: [], multi: limit === 0 };
}

function deleteOne(context: Context, namespace: string, target: Target & { foreseen: Foreseen | undefined }): number {
  const collection = context.catalogue.find(namespace);
  if (!collection) return 0;
  const found = select(context, collection, target, target.foreseen);
  for (const { doc } of found) context.documents.remove(collection, doc);
  return found.length;
}
