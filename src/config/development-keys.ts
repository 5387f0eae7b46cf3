import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { errorOf, factsOf } from "../errors.ts";
import { ROWS, type Settings, valueAt } from "./settings.ts";

/** Form of a variable, which decides how a value for development is made. */
type KeyKind = "key" | "aes-key" | "token" | "app-secret" | "appid" | "webhook-secret";

const MAKERS: Record<KeyKind, () => string> = {
  key: () => randomBytes(32).toString("base64"),
  "aes-key": aesKey,
  token: () => randomBytes(16).toString("hex"),
  "app-secret": () => randomBytes(16).toString("hex"),
  appid: () => `wx${randomBytes(8).toString("hex")}`,
  "webhook-secret": () => `whsec_${randomBytes(32).toString("base64")}`,
};

/** Variables that development makes for itself and production must be given. */
const KEYS: Record<string, KeyKind> = {
  DATA_KEY: "key",
  SESSION_KEY: "key",
  WECHAT_APPID: "appid",
  WECHAT_SECRET: "app-secret",
  WECHAT_TOKEN: "token",
  WECHAT_AES_KEY: "aes-key",
};

/** The platform takes letters and digits only: draw until base64 has no other. */
function aesKey(): string {
  for (;;) {
    const drawn = randomBytes(32).toString("base64").slice(0, 43);
    if (/^[A-Za-z0-9]+$/.test(drawn)) return drawn;
  }
}

/**
 * Returns the environment with missing keys filled in from the data folder; production must be given them.
 */
export async function withDevelopmentKeys(
  settings: Settings,
  env: NodeJS.ProcessEnv,
  faults: string[],
): Promise<NodeJS.ProcessEnv> {
  const isGiven = (name: string) => {
    const path = ROWS.find(({ variable }) => variable === name)?.path;
    return Boolean(env[name]?.trim() || (path && valueAt(settings, path)));
  };
  const secrets = settings.insurers.flatMap(({ secretEnv }) =>
    secretEnv ? [[secretEnv, "webhook-secret"] as const] : [],
  );
  const wanted = [...Object.entries(KEYS), ...secrets].filter(([name]) => !isGiven(name));
  const dataDir = resolve(settings.dataDir);
  try {
    const made = await developmentKeys(dataDir, Object.fromEntries(wanted));
    return { ...env, ...Object.fromEntries(wanted.map(([name]) => [name, made[name]])) };
  } catch (error) {
    faults.push(`DATA_DIR: ${dataDir}/development-keys.json cannot be used (${errorOf(error).message})`);
    return env;
  }
}

/**
 * Returns the wanted values from DATA_DIR/development-keys.json; missing ones are made and kept, so that what
 * was sealed in development stays readable.
 */
async function developmentKeys(dataDir: string, wanted: Record<string, KeyKind>): Promise<Record<string, string>> {
  const path = join(dataDir, "development-keys.json");
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  for (;;) {
    const kept = await readKept(path);
    const missing = Object.entries(wanted).filter(([name]) => !kept?.[name]);
    if (missing.length === 0) return kept ?? {};
    const all = { ...kept, ...Object.fromEntries(missing.map(([name, kind]) => [name, MAKERS[kind]()])) };
    if (await write(path, all, kept === null)) return all;
  }
}

async function readKept(path: string): Promise<Record<string, string> | null> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  await chmod(path, 0o600);
  const kept = parsed(text);
  const sound = kept !== null && typeof kept === "object" && Object.values(kept).every((v) => typeof v === "string");
  if (!sound) throw new Error("not a map of texts");
  return kept as Record<string, string>;
}

/** The parser's own message would quote the keys. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("not JSON");
  }
}

/**
 * Writes the whole file or nothing. False: another process made the first file meanwhile, and its keys are to
 * be used.
 */
async function write(path: string, keys: Record<string, string>, first: boolean): Promise<boolean> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(keys, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  if (!first) {
    await rename(draft, path);
    return true;
  }
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (factsOf(error).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
