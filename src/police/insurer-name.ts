import type { Config } from "../config.ts";
import type { Language } from "../domain/accident.ts";

/** An insurer's name in the reader's language; null: none is known by the code. */
export function insurerName(
  { config, language }: { config: Pick<Config, "insurers">; language: Language },
  code: unknown,
): string | null {
  return config.insurers.find((insurer) => insurer.code === code)?.[language] ?? null;
}
