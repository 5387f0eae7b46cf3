import { Fault } from "../fault.ts";
import { compileFilter, type Filter } from "../query/filter.ts";
import { compileProjection, type Projection } from "../query/projection.ts";
import { parseSort, type SortField } from "../query/sort.ts";
import { compileUpdate, type Updater } from "../update/update.ts";
import { decode } from "../values/decode.ts";
import { Doc, docOf, int, type Value } from "../values/value.ts";
import type { Command, Context } from "./context.ts";
import { docOption, flagOption, namespaceOf } from "./options.ts";
import { change, type Foreseen, foresee, select, upsert } from "./statements.ts";

type Request = {
  filter: Filter;
  sort: readonly SortField[];
  updater: Updater;
  upsert: boolean;
  wantsNew: boolean;
  projection: Projection | undefined;
};
type Outcome = { value: Doc | null; existing: boolean; upsertedId?: Value };

export const findAndModifyCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const request = parseRequest(command);
  const foreseen = await foresee(context, namespace, { ...request, multi: false });
  const { value, existing, upsertedId } = await context.store.write(() =>
    context.store.atomic(() => run(context, namespace, { ...request, foreseen })),
  );
  const found = existing || upsertedId !== undefined;
  const last = docOf({
    n: int(found ? 1 : 0),
    updatedExisting: existing,
    upserted: upsertedId,
  });
  const shown = value && request.projection ? request.projection(value) : value;
  return docOf({ lastErrorObject: last, value: shown, ok: 1 });
};

function parseRequest(command: Doc): Request {
  if (flagOption(command, "remove")) throw new Fault(9, "findAndModify updates in the dialect, and does not remove");
  return {
    filter: compileFilter(docOption(command, "query") ?? new Doc()),
    sort: parseSort(docOption(command, "sort")),
    updater: compileUpdate(command.get("update") ?? null),
    upsert: flagOption(command, "upsert"),
    wantsNew: flagOption(command, "new"),
    projection: compileProjection(docOption(command, "fields")),
  };
}

function run(context: Context, namespace: string, request: Request & { foreseen: Foreseen | undefined }): Outcome {
  const { updater, wantsNew } = request;
  const collection = context.catalogue.find(namespace);
  const [match] = collection ? select(context, collection, { ...request, multi: false }, request.foreseen) : [];
  if (!collection || !match) {
    if (!request.upsert) return { value: null, existing: false };
    const doc = upsert(context, namespace, request);
    return { value: wantsNew ? doc : null, existing: false, upsertedId: doc.get("_id")! };
  }
  const { raw } = change(context, collection, match, updater);
  return { value: decode(wantsNew ? raw : match.raw), existing: true };
}
