import type { Config } from "../config.ts";
import type { Details, Language } from "../domain/accident.ts";

type Named = Pick<Details, "insurerCode" | "insurerName">;

/** The insurer as a driver reads it, or null when none was given. */
export function insurerName(config: Config, party: Named): Record<Language, string> | null {
  const known = config.insurers.find((insurer) => insurer.code === party.insurerCode);
  if (known) return { zh: known.zh, en: known.en };
  return party.insurerName ? { zh: party.insurerName, en: party.insurerName } : null;
}
