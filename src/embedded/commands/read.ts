import { Fault } from "../fault.ts";
import { compileFilter } from "../query/filter.ts";
import { compileProjection } from "../query/projection.ts";
import { parseSort } from "../query/sort.ts";
import { Doc, docOf, isArray } from "../values/value.ts";
import type { Command } from "./context.ts";
import { FIRST_BATCH } from "./cursors.ts";
import { docOption, flagOption, namespaceOf, sizeOption, textOption } from "./options.ts";
import { find, limited, projected } from "./rows.ts";

export const findCommand: Command = (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const filter = compileFilter(docOption(command, "filter") ?? new Doc());
  const sort = parseSort(docOption(command, "sort"));
  const projection = compileProjection(docOption(command, "projection"));
  const limit = sizeOption(command, "limit") || undefined;
  const batchSize = sizeOption(command, "batchSize");
  const first = limit ?? (sort.length === 0 ? batchSize : undefined);
  let rows = find(context, context.catalogue.find(namespace), { filter, sort, ...(first && { first }) });
  if (limit) rows = limited(rows, limit);
  if (projection) rows = projected(rows, projection);
  return context.cursors.start(namespace, rows, {
    batchSize: batchSize ?? FIRST_BATCH,
    single: flagOption(command, "singleBatch"),
  });
};

export const getMoreCommand: Command = (command, context) => {
  const [id] = command.values();
  if (typeof id !== "bigint") throw new Fault(14, "the cursor of getMore must be a long");
  const namespace = `${context.database}.${textOption(command, "collection")}`;
  return context.cursors.more(id, namespace, sizeOption(command, "batchSize") || undefined);
};

export const killCursorsCommand: Command = (command, context) => {
  const ids = command.get("cursors");
  if (!isArray(ids)) throw new Fault(14, "cursors must be an array");
  const killed = ids.filter((id) => typeof id === "bigint" && context.cursors.kill(id));
  const cursorsNotFound = ids.filter((id) => !killed.includes(id));
  return docOf({ cursorsKilled: killed, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [], ok: 1 });
};
