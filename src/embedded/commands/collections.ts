import { Fault } from "../fault.ts";
import { compileFilter } from "../query/filter.ts";
import { matches } from "../query/matches.ts";
import { Doc, docOf, int } from "../values/value.ts";
import type { Command } from "./context.ts";
import { docOption, flagOption, namespaceOf } from "./options.ts";
import { once, Row } from "./rows.ts";

export const createCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  await context.store.write(() =>
    context.store.atomic(() => {
      if (context.catalogue.find(namespace)) throw new Fault(48, `Collection ${namespace} already exists.`);
      context.catalogue.create(namespace);
    }),
  );
  return docOf({ ok: 1 });
};

/** To drop what is not there is no error since MongoDB 7. */
export const dropCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const dropped = await context.store.write(() =>
    context.store.atomic(() => {
      const collection = context.catalogue.find(namespace);
      if (collection) context.catalogue.drop(collection);
      return collection;
    }),
  );
  if (!dropped) return docOf({ ok: 1 });
  return docOf({ nIndexesWas: int(dropped.indexes.length + 1), ns: namespace, ok: 1 });
};

export const dropDatabaseCommand: Command = async (_command, context) => {
  await context.store.write(() =>
    context.store.atomic(() => {
      for (const collection of context.catalogue.list(context.database)) context.catalogue.drop(collection);
    }),
  );
  return docOf({ dropped: context.database, ok: 1 });
};

export const listCollectionsCommand: Command = (command, context) => {
  const filter = compileFilter(docOption(command, "filter") ?? new Doc());
  const nameOnly = flagOption(command, "nameOnly");
  const infos = context.catalogue.list(context.database).map((collection) => {
    const name = collection.namespace.slice(context.database.length + 1);
    const info = docOf({ name, type: "collection" });
    return nameOnly
      ? info
      : new Doc([
          ...info,
          ["options", new Doc()],
          ["info", docOf({ readOnly: false })],
          ["idIndex", collection.primary.spec],
        ]);
  });
  const rows = infos.filter((info) => matches(filter, info)).map((doc) => new Row({ doc }));
  return context.cursors.start(`${context.database}.$cmd.listCollections`, once(rows), {
    batchSize: Number.POSITIVE_INFINITY,
  });
};
