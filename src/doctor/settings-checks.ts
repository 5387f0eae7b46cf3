import { placeholdersIn } from "../config/placeholders.ts";
import { missingYear } from "../domain/working-days.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";
import type { Line } from "./examine.ts";
import type { Patient } from "./patient.ts";

/** Settings that do not load: a line for each fault, and nothing else can be looked at. */
export const faultLines = (faults: readonly string[]): Line[] =>
  faults.map((fault) => ({ name: "settings", finding: fail("settings-fault", "settings-fault", { fault }) }));

function placeholders({ config }: Patient): Finding {
  const names = placeholdersIn(config);
  if (names.length > 0) return warn("placeholders", "placeholders", { names: names.join(", ") });
  return config.operator.name === null ? ok("trial") : ok("no-placeholders");
}

function city({ config: { city } }: Patient): Finding {
  const params = { zh: city.zh, en: city.en, adcode: city.adcode };
  return city.areas[city.adcode] ? ok("city", params) : warn("city-without-outline", "city-without-outline", params);
}

function holidays({ config, now }: Patient): Finding {
  const { calendar } = config.rules;
  const year = missingYear(calendar, now());
  if (year !== null) return warn("holidays-missing", "holidays-missing", { year });
  return ok("holidays", { year: Math.max(...calendar.years) });
}

function desk({ config: { police } }: Patient): Finding {
  if (!police.enabled) return ok("desk-off");
  if (!police.authority.seal) return warn("desk-without-seal", "desk-without-seal");
  return police.allowFrom.length > 0 ? ok("desk") : warn("desk-open", "desk-open");
}

export const SETTINGS_CHECKS: readonly Check[] = [
  { name: "settings", run: () => ok("settings") },
  { name: "settings.placeholders", run: placeholders },
  { name: "settings.city", run: city },
  { name: "settings.holidays", run: holidays },
  { name: "settings.desk", run: desk },
];
