import { Fault } from "../fault.ts";
import { Options, Registry } from "../registry.ts";
import { DateTime, type Doc } from "../values/value.ts";
import type { Command, Engine } from "./context.ts";
import { aggregateCommand, countCommand } from "./count.ts";
import { findAndModifyCommand } from "./find-and-modify.ts";
import { helloCommand, okCommand } from "./hello.ts";
import { createIndexesCommand, listIndexesCommand } from "./indexes.ts";
import { sizeOption, textOption } from "./options.ts";
import { findCommand, getMoreCommand, killCursorsCommand } from "./read.ts";
import { deleteCommand, insertCommand, updateCommand } from "./write.ts";

const answered = (name: string, answer: Command, options: readonly string[] = []) => ({
  [name]: { answer, options: new Options(name, options) },
});

/** The commands of the dialect, each with its own options. */
export const COMMANDS = new Registry(
  "command",
  { code: 59, words: "no such command" },
  {
    ...answered("hello", helloCommand),
    // drivers greet by this name, in OP_QUERY, at the beginning of each connection
    ...answered("ismaster", helloCommand, ["helloOk", "client", "compression", "backpressure"]),
    ...answered("ping", okCommand),
    ...answered("endSessions", okCommand),
    ...answered("insert", insertCommand, ["documents", "ordered"]),
    ...answered("update", updateCommand, ["updates", "ordered"]),
    ...answered("delete", deleteCommand, ["deletes", "ordered"]),
    ...answered("findAndModify", findAndModifyCommand, [
      ...["query", "sort", "update", "upsert", "new", "remove", "fields"],
    ]),
    ...answered("find", findCommand, ["filter", "sort", "projection", "limit", "batchSize", "singleBatch"]),
    ...answered("getMore", getMoreCommand, ["collection", "batchSize"]),
    ...answered("killCursors", killCursorsCommand, ["cursors"]),
    ...answered("aggregate", aggregateCommand, ["pipeline", "cursor"]),
    ...answered("count", countCommand),
    ...answered("createIndexes", createIndexesCommand, ["indexes"]),
    ...answered("listIndexes", listIndexesCommand, ["cursor"]),
  },
);

/**
 * Options that every command accepts. Sessions and write concerns change nothing: every write is durable,
 * and every read sees it.
 */
export const COMMON_OPTIONS = new Options("every command", ["$db", "lsid", "writeConcern", "maxTimeMS"]);

/** Answers one command; errors become an answer with `ok: 0`. `report` is told of internal errors. */
export async function runCommand(engine: Engine, command: Doc, report: (error: unknown) => void): Promise<Doc> {
  try {
    return await dispatch(engine, command);
  } catch (error) {
    if (error instanceof Fault) return error.answer();
    report(error);
    return new Fault(8, error instanceof Error ? `internal error: ${error.message}` : "internal error").answer();
  }
}

function dispatch(engine: Engine, command: Doc): Doc | Promise<Doc> {
  const [name = "", ...given] = command.keys();
  refuseTransactions(command);
  const { answer, options } = COMMANDS.get(name);
  options.check(given.filter((option) => !COMMON_OPTIONS.has(option)));
  const now = engine.clock();
  const timeout = sizeOption(command, "maxTimeMS") || Number.POSITIVE_INFINITY;
  return answer(command, { ...engine, database: databaseOf(command), now: new DateTime(now), deadline: now + timeout });
}

/**
 * Refuses transactions with code 263, whose message drivers pass on. Code 20 ("Transaction numbers…") would
 * make them blame retryWrites.
 */
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
