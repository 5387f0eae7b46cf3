import { readFile, stat, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { repeatErasures } from "../actions/repeat-erasures.ts";
import type { Config } from "../config.ts";
import type { Context } from "../context.ts";
import { errorOf, StartFault } from "../errors.ts";
import { openBareDatabase, openContext, PATIENT, runProgram, runWithoutSettings } from "../operator-program.ts";
import { newKeyPair, readFrames } from "../store/backup/file.ts";
import { documentsIn } from "../store/backup/manifest.ts";
import { beginRestoring, createPutter, noteWritten } from "../store/backup/put.ts";
import { type Walked, walk } from "../store/backup/walk.ts";
import { openKeepers } from "../store/blobs.ts";
import type { Erasure } from "../store/erased.ts";
import type { CaseFault } from "../store/inspection.ts";
import { endRestoring } from "../store/restoring.ts";
import { createVault } from "../store/vault.ts";
import { readErased } from "./erased-lines.ts";
import { paceOf } from "./pace.ts";
import { showProgress } from "./progress.ts";

const USAGE = `usage: restore-command FILE [--key FILE] [--erased FILE] [--with-faults]
       puts a backup into the empty database of the settings, its files into the empty bucket or S3_PREFIX where
       they name one, and verifies every case and file before it opens
       --key FILE      with the private key, for an encrypted backup
       --erased FILE   what was erased since (erase list): it is erased again
       --with-faults   opens the database though something of it is damaged
       restore-command verify         verifies every case and file of the database as it is
       restore-command new-key FILE   makes a pair of keys for backups: the private one goes into FILE
`;

type Print = (text: string) => void;

interface Order {
  file: string;
  key: string | null;
  erased: string | null;
  withFaults: boolean;
}

/**
 * Restores a backup for an operator. Returns the exit code: 1 where the database stays closed for its
 * faults.
 */
export async function restoreCommand(config: Config, words: readonly string[], print: Print): Promise<number> {
  if (words[0] === "verify" && words.length === 1) return (await verify(config, {}, print)) > 0 ? 1 : 0;
  const order = orderOf(words);
  if (!order) {
    print(USAGE);
    return 2;
  }
  const keys = order.key === null ? [] : (await textOf(order.key)).split(/\s+/).filter((word) => /^AGE-/.test(word));
  const erased = order.erased === null ? [] : readErased(await textOf(order.erased));
  const backup = () => readFrames(order.file, keys);
  const walked = await walk(backup());
  const { keyCheck } = walked.head;
  const { data, otherData } = config.keys;
  if (keyCheck !== null && !createVault(data, otherData ? [otherData] : []).knows(keyCheck))
    throw new StartFault("DATA_KEY: is not the key under which this backup was written.");
  const started = performance.now();
  const isFresh = await put(config, backup, walked);
  print(`${isFresh ? "written" : "written before"}: the state of ${walked.head.at.toISOString()}\n`);
  const amount = { documents: documentsIn(walked.manifest), files: walked.manifest.files.count };
  const { size: bytes } = await stat(order.file);
  if (isFresh) print(`${paceOf({ ...amount, bytes }, performance.now() - started)}\n`);
  const faults = await verify(config, { erased, since: walked.head.at }, print);
  if (faults > 0 && !order.withFaults) {
    print("The database stays closed. Restore another backup, or this one again with --with-faults.\n");
    return 1;
  }
  await open(config);
  print("The database is open: start the service.\n");
  return 0;
}

function orderOf(words: readonly string[]): Order | null {
  try {
    const options = {
      key: { type: "string" },
      erased: { type: "string" },
      "with-faults": { type: "boolean", default: false },
    } as const;
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const [file, ...more] = positionals;
    const { key = null, erased = null, "with-faults": withFaults } = values;
    return file && more.length === 0 ? { file, key, erased, withFaults } : null;
  } catch {
    return null;
  }
}

async function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error) => {
    throw new StartFault(`${path} cannot be read: ${errorOf(error).message}.`, error);
  });
}

/** Makes a pair of keys for backups, on any machine: no settings are needed. Returns the exit code. */
export async function newKeyCommand(words: readonly string[], print: Print): Promise<number> {
  const [file, ...more] = words;
  if (!file || more.length > 0) {
    print(USAGE);
    return 2;
  }
  const { publicKey, privateKey } = await newKeyPair();
  const text = `# public key: ${publicKey}\n${privateKey}\n`;
  await writeFile(file, text, { mode: 0o600, flag: "wx" }).catch((error) => {
    throw new StartFault(`${file} cannot be written: ${errorOf(error).message}.`, error);
  });
  print(`${publicKey}\nThe private key is in ${file}: keep it away from the server, it opens every backup.\n`);
  return 0;
}

/** Writes all into the database, which stays closed. Returns false where an earlier run has done so. */
async function put(
  config: Config,
  backup: () => Parameters<typeof walk>[0],
  { head, manifest }: Walked,
): Promise<boolean> {
  const database = await openBareDatabase(config);
  try {
    const { connection } = database;
    const { keepers, close } = await openKeepers(connection, config);
    const target = { connection, keeper: config.storage, keepers };
    const progress = showProgress("restoring", documentsIn(manifest));
    try {
      if (!(await beginRestoring(target, head))) return false;
      const putter = createPutter(target, progress.step);
      await walk(backup(), putter);
      await putter.end();
      await noteWritten(connection, head);
      return true;
    } finally {
      progress.end();
      close();
    }
  } finally {
    await database.close();
  }
}

/** After a restore erases again what was erased since. Verifies all and returns the number of faults. */
async function verify(
  config: Config,
  restored: { erased?: readonly Erasure[]; since?: Date },
  print: Print,
): Promise<number> {
  const { erased = [], since } = restored;
  const upgrade = { mode: "build", tell: (line: string) => print(`${line}\n`), progress: showProgress } as const;
  const ctx = await openContext(config, { limits: PATIENT, ...(since && { isRestoring: true, upgrade }) });
  try {
    if (since) print(`erased again: ${await eraseAgain(ctx, erased, since)}\n`);
    const progress = showProgress("verifying", (await ctx.retention.count()).cases);
    const started = performance.now();
    const { cases, files, faults } = await ctx.inspection.run(progress.step);
    progress.end();
    const log = await ctx.accessLog.verify();
    for (const fault of faults) print(`${lineOf(fault)}\n`);
    if (log.broken) print(`access log\t${log.broken.chain}\t${log.broken.seq}\tchain\n`);
    const fresh = faults.filter(({ isKnown }) => !isKnown).length + (log.broken ? 1 : 0);
    print(`verified: ${cases} cases, ${files} files, ${log.rows} rows of the access log; ${fresh} faults\n`);
    print(`verified in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
    return fresh;
  } finally {
    await ctx.close();
  }
}

async function eraseAgain(ctx: Context, erased: readonly Erasure[], since: Date): Promise<number> {
  const own: Erasure[] = [];
  for await (const erasure of ctx.erased.list()) own.push(erasure);
  return repeatErasures(ctx, { erasures: [...own, ...erased], since });
}

const lineOf = ({ accidentId, number, what, file = "-", isKnown = false }: CaseFault): string =>
  [accidentId, number, file, what, ...(isKnown ? ["known before"] : [])].join("\t");

async function open(config: Config): Promise<void> {
  const database = await openBareDatabase(config);
  try {
    await endRestoring(database.connection);
  } finally {
    await database.close();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const print = (text: string) => void process.stdout.write(text);
  const [verb, ...words] = process.argv.slice(2);
  if (verb === "new-key")
    await runWithoutSettings(async () => {
      process.exitCode = await newKeyCommand(words, print);
    });
  else
    await runProgram(async (config) => {
      process.exitCode = await restoreCommand(config, process.argv.slice(2), print);
    });
}
