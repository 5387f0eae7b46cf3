import { pathToFileURL } from "node:url";
import type { Config } from "../config.ts";
import { createCollections } from "../create-collections.ts";
import { Conflict } from "../errors.ts";
import { createLog } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import { type OpenStore, openStore } from "../open-store.ts";
import { runProgram } from "../operator-program.ts";
import type { Overrides } from "../overrides.ts";
import { endsOlder, pendingAt, readSchema, type Schema } from "../store/schema-state.ts";
import { SCHEMA_VERSION } from "../store/shapes.ts";

const USAGE = `usage: migrate-command                brings the database to what this version needs: shape and indexes
       migrate-command --check        says what that would be, and makes none of it; code 1: there is something
       migrate-command --all-stopped  the same where no process of the older version may run meanwhile
       migrate-command --again        repeats all migrations, for what a forgotten older process has written since
`;
const WORDS = ["--check", "--all-stopped", "--again"];

type Print = (text: string) => void;

interface ToDo {
  schema: Schema;
  indexes: readonly string[];
  /** no case and no person are in it */
  isEmpty: boolean;
}

/** Brings the database up to date for an operator, or says what is to be done. Returns the exit code. */
export async function migrateCommand(
  config: Config,
  words: readonly string[],
  print: Print,
  overrides: Overrides = {},
): Promise<number> {
  const [word] = words;
  if (words.length > 1 || (word !== undefined && !WORDS.includes(word))) {
    print(USAGE);
    return 2;
  }
  const todo = await withStore(config, { ...overrides, upgrade: { mode: "look" } }, look);
  describe(todo, print);
  const again = word === "--again";
  if (!again && isDone(todo)) return 0;
  if (word === "--check") return 1;
  if (word !== "--all-stopped" && endsOlder(todo.schema) && !todo.isEmpty) {
    print("Processes of the older version cannot work beside this migration. Back up, stop all of them, then run\n");
    print("this command with --all-stopped. Nothing was changed.\n");
    return 1;
  }
  const tell = (line: string) => print(`${line}\n`);
  const built = await withStore(config, { ...overrides, upgrade: { mode: "build", again, tell } }, look);
  print(`The database is at schema version ${built.schema.version}, with all indexes.\n`);
  return 0;
}

const isDone = ({ schema, indexes }: ToDo): boolean => pendingAt(schema).length === 0 && indexes.length === 0;

function describe({ schema, indexes }: ToDo, print: Print): void {
  const { version } = schema;
  print(`schema version ${version}; this program is of version ${SCHEMA_VERSION}\n`);
  for (const { name } of pendingAt(schema)) print(`to do: migration ${name}\n`);
  for (const name of indexes) print(`to do: index ${name}\n`);
  if (isDone({ schema, indexes, isEmpty: false })) print("Nothing is to be done.\n");
}

async function look({ connection, missingIndexes }: OpenStore): Promise<ToDo> {
  const isIn = async (name: string) => (await connection.collection(name).findOne({})) !== null;
  const isEmpty = !(await isIn("accidents")) && !(await isIn("people"));
  return { schema: await readSchema(connection), indexes: missingIndexes(), isEmpty };
}

/** Opens the database with all its stores; while a server owns the embedded one, over that. */
async function withStore<T>(config: Config, overrides: Overrides, work: (store: OpenStore) => Promise<T>): Promise<T> {
  const log = overrides.log ?? createLog(config.logLevel);
  const open = (more: Overrides = {}) => openStore(config, { ...overrides, ...more }, log, createMetrics());
  const store = await open().catch((error: unknown) => {
    const uri = error instanceof Conflict ? error.details.uri : null;
    if (typeof uri !== "string") throw error;
    return open({ databaseUri: uri });
  });
  try {
    await createCollections(config, store, log);
    return await work(store);
  } finally {
    await store.close();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runProgram(async (config) => {
    const print = (text: string) => void process.stdout.write(text);
    process.exitCode = await migrateCommand(config, process.argv.slice(2), print);
  });
