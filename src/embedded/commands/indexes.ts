import { type Collection, type Index, indexFrom } from "../disk/catalogue.ts";
import { wholeArea } from "../disk/keys.ts";
import { Fault } from "../fault.ts";
import { equal } from "../values/compare.ts";
import { decode } from "../values/decode.ts";
import { Doc, docOf, int, isArray, type Value } from "../values/value.ts";
import type { Command, Context } from "./context.ts";
import { isThere, parseIndexSpec } from "./index-spec.ts";
import { docsOption, namespaceOf } from "./options.ts";
import { once, Row } from "./rows.ts";
import { collectionFor } from "./statements.ts";

export const createIndexesCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const specs = docsOption(command, "indexes").map(parseIndexSpec);
  if (specs.length === 0) throw new Fault(2, "Must specify at least one index to create");
  return context.store.write(() =>
    context.store.atomic(() => {
      const createdCollectionAutomatically = context.catalogue.find(namespace) === undefined;
      const before = collectionFor(context, namespace).indexes.length + 1;
      for (const spec of specs) build(context, namespace, spec);
      const after = context.catalogue.find(namespace)!.indexes.length + 1;
      const note = before === after ? "all indexes already exist" : undefined;
      return docOf({
        numIndexesBefore: int(before),
        numIndexesAfter: int(after),
        createdCollectionAutomatically,
        note,
        ok: 1,
      });
    }),
  );
};

/** All in one transaction: an index is complete or not there. */
function build(context: Context, namespace: string, spec: Doc): void {
  const collection = context.catalogue.find(namespace)!;
  if (isThere(collection, spec)) return;
  const index = indexFrom(spec, context.catalogue.nextId(), false);
  let loose = false;
  for (const { value } of context.store.range(wholeArea(collection.id))) {
    if (context.documents.addTo(collection, index, decode(value))) loose = true;
  }
  context.catalogue.save({ ...collection, indexes: [...collection.indexes, { ...index, loose }] });
}

function getCollection(context: Context, namespace: string): Collection {
  const collection = context.catalogue.find(namespace);
  if (!collection) throw new Fault(26, `ns does not exist: ${namespace}`);
  return collection;
}

export const listIndexesCommand: Command = (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const { primary, indexes } = getCollection(context, namespace);
  const rows = [primary, ...indexes].map(({ spec }) => new Row({ doc: spec }));
  return context.cursors.start(namespace, once(rows), { batchSize: Number.POSITIVE_INFINITY });
};

export const dropIndexesCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const wanted = command.get("index");
  if (wanted === undefined) throw new Fault(40414, "BSON field 'dropIndexes.index' is missing but a required field");
  return context.store.write(() =>
    context.store.atomic(() => {
      const collection = getCollection(context, namespace);
      const gone = wanted === "*" ? collection.indexes : named(collection, wanted);
      for (const index of gone) context.catalogue.clear(index.id);
      context.catalogue.save({ ...collection, indexes: collection.indexes.filter((index) => !gone.includes(index)) });
      return docOf({ nIndexesWas: int(collection.indexes.length + 1), ok: 1 });
    }),
  );
};

function named(collection: Collection, wanted: Value): readonly Index[] {
  if (isArray(wanted)) return wanted.flatMap((name) => named(collection, name));
  const isId = wanted === "_id_" || (wanted instanceof Doc && equal(wanted, collection.primary.key));
  if (isId) throw new Fault(72, "cannot drop _id index");
  const found = collection.indexes.find(
    (index) => index.name === wanted || (wanted instanceof Doc && equal(index.key, wanted)),
  );
  if (found) return [found];
  throw new Fault(
    27,
    typeof wanted === "string" ? `index not found with name [${wanted}]` : "can't find index with key",
  );
}
