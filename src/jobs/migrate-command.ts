import { pathToFileURL } from "node:url";
import type { Config } from "../config.ts";
import { commandLog, PATIENT, runProgram } from "../operator-program.ts";
import type { Overrides } from "../overrides.ts";
import { endsOlder, pendingAt } from "../store/schema-state.ts";
import { SCHEMA_VERSION } from "../store/shapes.ts";
import { openedAs, readUpgradeState, type UpgradeState } from "../upgrade-state.ts";
import { showProgress } from "./progress.ts";

const USAGE = `usage: migrate-command                brings the database to what this version needs: shape and indexes
       migrate-command --check        says what that would be, and changes nothing; code 1: there is something
       migrate-command --all-stopped  the same where no process of the older version may run meanwhile
       migrate-command --again        repeats all migrations, for what a forgotten older process has written since
`;
const WORDS = ["--check", "--all-stopped", "--again"];

type Print = (text: string) => void;

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
  const todo = await readUpgradeState(config, overrides);
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
  const upgrade = { mode: "build", again, tell, progress: showProgress, lacking: todo.indexes.length } as const;
  const built = await openedAs(upgrade, config, overrides);
  print(`The database is at schema version ${built.schema.version}, with all indexes.\n`);
  return 0;
}

const isDone = ({ schema, indexes }: Pick<UpgradeState, "schema" | "indexes">): boolean =>
  pendingAt(schema).length === 0 && indexes.length === 0;

function describe({ schema, indexes }: UpgradeState, print: Print): void {
  const { version } = schema;
  print(`schema version ${version}; this program is of version ${SCHEMA_VERSION}\n`);
  for (const { name } of pendingAt(schema)) print(`to do: migration ${name}\n`);
  for (const name of indexes) print(`to do: index ${name}\n`);
  if (isDone({ schema, indexes })) print("Nothing is to be done.\n");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runProgram(async (config) => {
    const print = (text: string) => void process.stdout.write(text);
    process.exitCode = await migrateCommand(config, process.argv.slice(2), print, {
      log: commandLog(config),
      limits: PATIENT,
    });
  });
