import { Fault } from "./fault.ts";

/*
 * The dialect: everything that the embedded database answers. What is not listed here is refused by its name.
 * It is what `store/` and GridFS send through the ordinary driver, no more; each entry has its cases in the contract test.
 */

/** Accepted with every command. Sessions and concerns change nothing here: every write is durable and every read sees it. */
const ALWAYS = [
  "$db",
  "$readPreference",
  "$clusterTime",
  "lsid",
  "readConcern",
  "writeConcern",
  "comment",
  "apiVersion",
  "maxTimeMS",
];

const HELLO = [
  "helloOk",
  "client",
  "compression",
  "loadBalanced",
  "saslSupportedMechs",
  "speculativeAuthenticate",
  "backpressure",
  "hostInfo",
  "internalClient",
];

/** Commands and, for each, the options that it knows. */
export const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  hello: HELLO,
  isMaster: HELLO,
  ismaster: HELLO,
  ping: [],
  buildInfo: [],
  buildinfo: [],
  connectionStatus: [],
  endSessions: [],
  killSessions: [],
  insert: ["documents", "ordered", "bypassDocumentValidation"],
  update: ["updates", "ordered", "bypassDocumentValidation"],
  delete: ["deletes", "ordered"],
  findAndModify: [
    "query",
    "sort",
    "remove",
    "update",
    "new",
    "fields",
    "upsert",
    "arrayFilters",
    "bypassDocumentValidation",
  ],
  find: ["filter", "sort", "projection", "skip", "limit", "batchSize", "singleBatch"],
  getMore: ["collection", "batchSize"],
  killCursors: ["cursors"],
  aggregate: ["pipeline", "cursor"],
  count: ["query", "skip", "limit"],
  distinct: ["key", "query"],
  create: [],
  drop: [],
  dropDatabase: [],
  createIndexes: ["indexes"],
  listIndexes: ["cursor"],
  dropIndexes: ["index"],
  listCollections: ["filter", "nameOnly", "authorizedCollections", "cursor"],
};

/** Options of one statement inside `update` and `delete`. */
export const UPDATE_STATEMENT = ["q", "u", "upsert", "multi", "arrayFilters"];
export const DELETE_STATEMENT = ["q", "limit"];

/** Options of one index in `createIndexes`. `background` has had no meaning since MongoDB 4.2. */
export const INDEX_OPTIONS = [
  "key",
  "name",
  "unique",
  "sparse",
  "partialFilterExpression",
  "expireAfterSeconds",
  "background",
  "v",
  "ns",
];

export const QUERY_OPERATORS = [
  ...["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists", "$type", "$regex", "$options", "$not"],
  ...["$all", "$elemMatch", "$size"],
];
export const LOGICAL_OPERATORS = ["$and", "$or", "$nor", "$expr"];
export const EXPRESSION_OPERATORS = [
  ...["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$and", "$or", "$add", "$subtract"],
  ...["$literal", "$cond", "$ifNull", "$concatArrays"],
];
export const UPDATE_OPERATORS = [
  ...["$set", "$unset", "$inc", "$min", "$max", "$mul", "$rename", "$setOnInsert", "$currentDate"],
  ...["$push", "$addToSet", "$pull", "$pullAll", "$pop"],
];
/** Stages of an update that is a pipeline. */
export const UPDATE_STAGES = ["$set", "$unset"];
export const STAGES = ["$match", "$sort", "$skip", "$limit", "$project", "$group", "$count"];
export const ACCUMULATORS = ["$sum", "$min", "$max", "$count"];
export const PROJECTION_OPERATORS = ["$slice", "$elemMatch"];

/** Refuses the first option that the command does not know. */
export function checkOptions(where: string, given: Iterable<string>, known: readonly string[]): void {
  for (const name of given) {
    if (known.includes(name)) continue;
    throw new Fault(
      40415,
      `BSON field '${where}.${name}' is an unknown field: it is not in the dialect of this database`,
    );
  }
}

export function checkCommand(name: string, given: readonly string[]): void {
  const known = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!known) throw new Fault(59, `no such command: '${name}' (not in the dialect of this database)`);
  checkOptions(
    name,
    given.filter((option) => option !== name && !ALWAYS.includes(option)),
    known,
  );
}

const REFUSALS: Readonly<Record<string, readonly [code: number, words: string]>> = {
  "top level operator": [2, "unknown top level operator"],
  operator: [2, "unknown operator"],
  expression: [168, "Unrecognized expression"],
  update: [9, "Unknown modifier"],
  "update stage": [40324, "Unrecognized pipeline stage name"],
  stage: [40324, "Unrecognized pipeline stage name"],
  accumulator: [15952, "unknown group operator"],
  projection: [31325, "Unknown expression"],
};

export function refuseOperator(kind: keyof typeof REFUSALS & string, name: string): never {
  const [code, words] = REFUSALS[kind]!;
  throw new Fault(code, `${words}: ${name} (not in the dialect of this database)`);
}
