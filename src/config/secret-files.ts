import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { factsOf } from "../errors.ts";
import { ROWS } from "./settings.ts";
import type { Tree } from "./sources.ts";

export interface GivenSecrets {
  /** the environment with the contents of the files under the secrets' own names */
  env: NodeJS.ProcessEnv;
  /** where they were read, absolute paths */
  files: string[];
}

/** The variables of all secrets except the insurers'. */
export const SECRETS: readonly string[] = ROWS.flatMap(({ isSecret, name }) => (isSecret ? [name] : []));

/**
 * Reads each secret X that is given as X_FILE and trims white space. Faults name the variable, never the
 * file's content.
 */
export async function readSecretFiles(env: NodeJS.ProcessEnv, written: Tree, faults: string[]): Promise<GivenSecrets> {
  const given: GivenSecrets = { env: { ...env }, files: [] };
  for (const name of new Set([...SECRETS, ...insurersSecrets(written)])) {
    const variable = `${name}_FILE`;
    const path = env[variable]?.trim();
    if (!path) continue;
    const text = await readSecret(resolve(path), variable, faults);
    if (env[name]?.trim()) faults.push(`${variable}: ${name} is given as well`);
    else given.env[name] = text;
    given.files.push(resolve(path));
  }
  return given;
}

async function readSecret(path: string, variable: string, faults: string[]): Promise<string> {
  try {
    const text = (await readFile(path, "utf8")).trim();
    if (!text) faults.push(`${variable}: is empty`);
    return text;
  } catch (error) {
    faults.push(`${variable}: cannot be read (${factsOf(error).code})`);
    return "";
  }
}

/**
 * Returns the variables in which the list of insurers expects its secrets; an invalid name has a fault of its
 * own.
 */
function insurersSecrets({ insurers }: Tree): string[] {
  const names = Array.isArray(insurers) ? insurers.map((insurer) => (insurer as Tree | null)?.["secretEnv"]) : [];
  return names.filter((name) => typeof name === "string");
}
