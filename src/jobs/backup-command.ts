import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Config } from "../config.ts";
import { StartFault } from "../errors.ts";
import { openBareDatabase, runProgram } from "../operator-program.ts";
import { checkKey, writeFile } from "../store/backup/file.ts";
import { documentsIn, type Manifest } from "../store/backup/manifest.ts";
import { countAll, takeBackup } from "../store/backup/take.ts";
import { openKeepers } from "../store/blobs.ts";
import { createKeptCounts } from "../store/queue-counts.ts";
import { refuseUnfinished } from "../store/restoring.ts";
import { paceOf } from "./pace.ts";
import { showProgress } from "./progress.ts";

const USAGE = `usage: backup-command FOLDER|FILE [--to-key age1…]
       copies database and files, while the server runs or not, into FILE, or into a new file in FOLDER (which
       exists, or ends with /); encrypted where a public key is given (restore-command new-key FILE makes one)
`;

type Print = (text: string) => void;

/** Backs up database, photographs and papers for an operator, on either database. Returns the exit code. */
export async function backupCommand(config: Config, words: readonly string[], print: Print): Promise<number> {
  const order = orderOf(words);
  if (!order) {
    print(USAGE);
    return 2;
  }
  if (order.toKey !== null) await checkKey(order.toKey);
  if (!config.mongodbUri && !existsSync(join(config.dataDir, "database")))
    throw new StartFault(
      `There is no database in ${config.dataDir}: DATA_DIR names another folder, or nothing has run.`,
    );
  const [at, started] = [new Date(), performance.now()];
  const file = isFolder(order.to) ? join(order.to, nameOf(at, order.toKey !== null)) : order.to;
  const { bytes, manifest } = await copy(config, { file, at, toKey: order.toKey });
  const amount = { documents: documentsIn(manifest), files: manifest.files.count, bytes };
  print(`${resolve(file)}: ${paceOf(amount, performance.now() - started)}\n`);
  print("DATA_KEY is not in it: keep it too, apart from the backups.\n");
  if (manifest.files.faulty.length === 0) return 0;
  print(`${manifest.files.faulty.length} files were damaged or gone: run scrub --all\n`);
  return 1;
}

interface Order {
  to: string;
  toKey: string | null;
}

function orderOf(words: readonly string[]): Order | null {
  try {
    const options = { "to-key": { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const [to, ...more] = positionals;
    return to && more.length === 0 ? { to, toKey: values["to-key"] ?? null } : null;
  } catch {
    return null;
  }
}

const isFolder = (path: string): boolean =>
  path.endsWith("/") || (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);

/** Sorts by time, and is a name on every system. */
const nameOf = (at: Date, isEncrypted: boolean): string =>
  `kuaichu-${at.toISOString().slice(0, 19).replaceAll(":", "-")}Z.backup${isEncrypted ? ".age" : ""}`;

async function copy(
  config: Config,
  { file, at, toKey }: { file: string; at: Date; toKey: string | null },
): Promise<{ bytes: number; manifest: Manifest }> {
  const database = await openBareDatabase(config);
  try {
    const { connection } = database;
    await refuseUnfinished(connection);
    const { keepers, close } = await openKeepers(connection, config);
    const progress = showProgress("backing up", await countAll({ connection }));
    const made: Manifest[] = [];
    async function* source() {
      made.push(yield* takeBackup({ connection, keepers }, at, progress.step));
    }
    try {
      const bytes = await writeFile(file, source(), toKey);
      await createKeptCounts(connection).noteBackup(at);
      return { bytes, manifest: made[0] as Manifest };
    } finally {
      progress.end();
      close();
    }
  } finally {
    await database.close();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runProgram(async (config) => {
    process.exitCode = await backupCommand(config, process.argv.slice(2), (text) => void process.stdout.write(text));
  });
