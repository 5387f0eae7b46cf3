import { checkCommand } from "../dialect.ts";
import { Fault } from "../fault.ts";
import { DateTime, type Doc, docOf, int, type Value } from "../values/value.ts";
import { aggregateCommand } from "./aggregate.ts";
import { createCommand, dropCommand, dropDatabaseCommand, listCollectionsCommand } from "./collections.ts";
import type { Command, Engine } from "./context.ts";
import { findAndModifyCommand } from "./find-and-modify.ts";
import { buildInfoCommand, connectionStatusCommand, helloCommand, okCommand } from "./hello.ts";
import { createIndexesCommand, dropIndexesCommand, listIndexesCommand } from "./indexes.ts";
import { sizeOption, textOption } from "./options.ts";
import { countCommand, distinctCommand, findCommand, getMoreCommand, killCursorsCommand } from "./read.ts";
import { deleteCommand, insertCommand, updateCommand } from "./write.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  hello: helloCommand,
  isMaster: helloCommand,
  ismaster: helloCommand,
  ping: okCommand,
  buildInfo: buildInfoCommand,
  buildinfo: buildInfoCommand,
  connectionStatus: connectionStatusCommand,
  endSessions: okCommand,
  killSessions: okCommand,
  insert: insertCommand,
  update: updateCommand,
  delete: deleteCommand,
  findAndModify: findAndModifyCommand,
  find: findCommand,
  getMore: getMoreCommand,
  killCursors: killCursorsCommand,
  aggregate: aggregateCommand,
  count: countCommand,
  distinct: distinctCommand,
  create: createCommand,
  drop: dropCommand,
  dropDatabase: dropDatabaseCommand,
  createIndexes: createIndexesCommand,
  listIndexes: listIndexesCommand,
  dropIndexes: dropIndexesCommand,
  listCollections: listCollectionsCommand,
};

/** Answers one command; what goes wrong is an answer too. */
export async function runCommand(engine: Engine, command: Doc, report: (error: unknown) => void): Promise<Doc> {
  try {
    return await dispatch(engine, command);
  } catch (error) {
    if (error instanceof Fault) return failure(error);
    report(error);
    return failure(new Fault(8, error instanceof Error ? `internal error: ${error.message}` : "internal error"));
  }
}

function dispatch(engine: Engine, command: Doc): Doc | Promise<Doc> {
  const [name = ""] = command.keys();
  refuseTransactions(command);
  checkCommand(name, [...command.keys()]);
  const now = engine.clock();
  const timeout = sizeOption(command, "maxTimeMS") || Number.POSITIVE_INFINITY;
  const context = { ...engine, database: databaseOf(command), now: new DateTime(now), deadline: now + timeout };
  return COMMANDS[name]!(command, context);
}

/** Code 20 ("Transaction numbers…") would make the driver blame retryWrites; this message goes through as it is. */
function refuseTransactions(command: Doc): void {
  const [name = ""] = command.keys();
  const inside = ["startTransaction", "autocommit", "txnNumber"].some((option) => command.has(option));
  if (!inside && name !== "commitTransaction" && name !== "abortTransaction") return;
  throw new Fault(
    263,
    "The embedded database has no transactions: a statement on one document is atomic. Set MONGODB_URI for more.",
  );
}

function databaseOf(command: Doc): string {
  if (!command.has("$db")) return "admin";
  const name = textOption(command, "$db");
  if (name === "" || name.length > 63 || /[\0/\\. "$*<>:|?]/.test(name))
    throw new Fault(73, `Invalid database name: '${name}'`);
  return name;
}

function failure({ code, codeName, message, extra }: Fault): Doc {
  const answer = docOf({ ok: 0, errmsg: message, code: int(code), codeName });
  for (const [key, value] of extra ?? []) answer.set(key, value as Value);
  return answer;
}
