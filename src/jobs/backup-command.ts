import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Config } from "../config.ts";
import type { Progress } from "../embedded/backup.ts";
import { StartFault } from "../errors.ts";
import { runProgram } from "../operator-program.ts";

const USAGE = `usage: backup-command FOLDER
       copies the embedded database, while the server runs or not, into FOLDER/database
`;

type Print = (text: string) => void;

/**
 * Backs up the embedded database for an operator; FOLDER can then serve as DATA_DIR. Returns the exit code.
 */
export async function backupCommand(
  config: Pick<Config, "dataDir" | "mongodbUri">,
  words: readonly string[],
  print: Print,
): Promise<number> {
  const [folder, ...more] = words;
  if (!folder || folder.startsWith("-") || more.length > 0) {
    print(USAGE);
    return 2;
  }
  if (config.mongodbUri)
    throw new StartFault("MONGODB_URI is set: that database is backed up with tools of its own, such as mongodump.");
  // loaded on demand: an image may be built without the embedded database
  const { backUp } = await import("../embedded/backup.ts");
  const to = join(resolve(folder), "database");
  const bytes = await backUp({ from: join(config.dataDir, "database"), to, progress: inSteps(print) });
  print(
    `${megabytes(bytes)} MB in ${to}, whole. The keys are not in it: keep DATA_KEY, or ${join(config.dataDir, "development-keys.json")}, too.\n`,
  );
  return 0;
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1024 / 1024);

/** Prints a line for every tenth of the way. */
function inSteps(print: Print): (state: Progress) => void {
  let last = -1;
  return ({ doing, bytes, of }) => {
    if (doing === "checking") return print(`checking ${megabytes(bytes)} MB\n`);
    const tenths = Math.floor((10 * bytes) / of);
    if (tenths > last) print(`copying: ${Math.min(100, 10 * tenths)} % of ${megabytes(of)} MB\n`);
    last = Math.max(last, tenths);
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runProgram(async (config) => {
    process.exitCode = await backupCommand(config, process.argv.slice(2), (text) => void process.stdout.write(text));
  });
