import { connectionFaults } from "./checks.ts";
import { isLoopback } from "./formats.ts";
import { ROWS, type Settings, valueAt } from "./settings.ts";

/**
 * What the simulator may stand in for: everything whose secrets were made here. It never holds a configured
 * secret.
 */
export interface StandIns {
  /** the platform, for the account that was made here */
  platform: boolean;
  /** codes of the insurers */
  insurers: string[];
}

/**
 * Lists settings that reach something real; with any of them the simulator must be switched on explicitly.
 */
export function realSettings(settings: Settings, env: NodeJS.ProcessEnv): string[] {
  const { insurers = [] } = settings;
  const rows = ROWS.filter(({ path, isReal }) => {
    const value = valueAt(settings, path);
    return Boolean(value) && isReal?.(value as object);
  });
  const addresses = insurers.filter(({ url }) => url && !isLoopback(url)).map(({ code }) => `insurers.${code}.url`);
  const secrets = insurers.flatMap(({ secretEnv }) => (secretEnv && env[secretEnv]?.trim() ? [secretEnv] : []));
  return [...new Set([...rows.map(({ name }) => name), ...addresses, ...secrets])];
}

/** Lists what is missing while the simulator is off, and why it is off. */
export function simulatorFaults(settings: Settings, env: NodeJS.ProcessEnv, real: readonly string[]): string[] {
  const faults = connectionFaults(settings, env, "without the simulator");
  if (faults.length === 0 || real.length === 0) return faults;
  return [`SIMULATOR: off, because of ${real.join(", ")}; SIMULATOR=true switches the stand-ins on`, ...faults];
}

export function standInsOf(settings: Settings, env: NodeJS.ProcessEnv): StandIns {
  const isOfAccount = ({ required }: (typeof ROWS)[number]) => required === "without the simulator";
  return {
    platform: !ROWS.some((row) => isOfAccount(row) && valueAt(settings, row.path)),
    insurers: settings.insurers.flatMap(({ code, secretEnv }) => (secretEnv && !env[secretEnv]?.trim() ? [code] : [])),
  };
}
