import { Fault } from "../fault.ts";
import { compileFilter, type Filter } from "../query/filter.ts";
import { compileProjection, type Projection } from "../query/projection.ts";
import { parseSort, type SortField } from "../query/sort.ts";
import { compileUpdate, isOperatorUpdate, type Updater } from "../update/update.ts";
import { decode } from "../values/decode.ts";
import { Doc, docOf, int, type Value } from "../values/value.ts";
import type { Command, Context } from "./context.ts";
import { docOption, flagOption, namespaceOf } from "./options.ts";
import { change, type Foreseen, foresee, select, upsert } from "./statements.ts";

type Request = {
  filter: Filter;
  sort: readonly SortField[];
  /** Undefined: remove. */
  updater: Updater | undefined;
  replaces: boolean;
  upsert: boolean;
  wantsNew: boolean;
  projection: Projection | undefined;
};
type Outcome = { value: Doc | null; existing: boolean; upsertedId?: Value };

export const findAndModifyCommand: Command = async (command, context) => {
  const namespace = namespaceOf(command, context.database);
  const request = parseRequest(command, context);
  const foreseen = await foresee(context, namespace, { ...request, multi: false });
  const { value, existing, upsertedId } = await context.store.write(() =>
    context.store.atomic(() => run(context, namespace, { ...request, foreseen })),
  );
  const found = existing || upsertedId !== undefined;
  const last = docOf({
    n: int(found ? 1 : 0),
    updatedExisting: request.updater ? existing : undefined,
    upserted: upsertedId,
  });
  const shown = value && request.projection ? request.projection(value) : value;
  return docOf({ lastErrorObject: last, value: shown, ok: 1 });
};

function parseRequest(command: Doc, context: Context): Request {
  const { now } = context;
  const removes = flagOption(command, "remove");
  const update = command.get("update");
  const wantsNew = flagOption(command, "new");
  const upserts = flagOption(command, "upsert");
  if (removes === (update !== undefined))
    throw new Fault(9, "Either an update or remove=true must be specified, not both");
  if (removes && (upserts || wantsNew))
    throw new Fault(9, "Cannot specify both remove=true and upsert=true or new=true");
  const arrayFilters = command.get("arrayFilters");
  return {
    filter: compileFilter(docOption(command, "query") ?? new Doc(), now),
    sort: parseSort(docOption(command, "sort")),
    updater: update === undefined ? undefined : compileUpdate({ update, arrayFilters, now }),
    replaces: update !== undefined && !isOperatorUpdate(update),
    upsert: upserts,
    wantsNew,
    projection: compileProjection(docOption(command, "fields")),
  };
}

function run(context: Context, namespace: string, request: Request & { foreseen: Foreseen | undefined }): Outcome {
  const { filter, updater, wantsNew } = request;
  const collection = context.catalogue.find(namespace);
  const [match] = collection ? select(context, collection, { ...request, multi: false }, request.foreseen) : [];
  if (!collection || !match) {
    if (!request.upsert || !updater) return { value: null, existing: false };
    const doc = upsert(context, namespace, { ...request, updater });
    return { value: wantsNew ? doc : null, existing: false, upsertedId: doc.get("_id")! };
  }
  if (!updater) {
    context.documents.remove(collection, match.doc);
    return { value: match.doc, existing: true };
  }
  const { raw } = change(context, collection, match, { updater, filter });
  return { value: decode(wantsNew ? raw : match.raw), existing: true };
}
