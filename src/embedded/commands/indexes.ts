import { indexFrom } from "../disk/catalogue.ts";
import { wholeArea } from "../disk/keys.ts";
import { Fault } from "../fault.ts";
import { decode } from "../values/decode.ts";
import { type Doc, docOf, int } from "../values/value.ts";
import type { Command, Context } from "./context.ts";
import { isThere, parseIndexSpec } from "./index-spec.ts";
import { docsOption, namespaceOf } from "./options.ts";
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
      return docOf({
        numIndexesBefore: int(before),
        numIndexesAfter: int(after),
        createdCollectionAutomatically,
        note: before === after ? "all indexes already exist" : undefined,
        ok: 1,
      });
    }),
  );
};

/** Answers with the definitions of a collection's indexes, that of the ids first. */
export const listIndexesCommand: Command = (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const collection = context.catalogue.find(namespace);
  if (!collection) throw new Fault(26, `ns does not exist: ${namespace}`);
  const firstBatch = [collection.primary, ...collection.indexes].map(({ spec }) => spec);
  return docOf({ cursor: docOf({ id: 0n, ns: namespace, firstBatch }), ok: 1 });
};

/** Makes the indexes in one transaction: each is complete or absent. */
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
