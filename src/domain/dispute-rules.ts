import type { Accident } from "./accident.ts";
import type { DisputeRules } from "./act-on-dispute.ts";
import type { DisputeLimits } from "./dispute-limits.ts";
import { lawfulTimes } from "./lawful-times.ts";
import type { Catalogue } from "./liability.ts";
import type { WorkingCalendar } from "./working-days.ts";

/** What the rules of a dispute need of a running process. */
export interface Wiring {
  config: { rules: { catalogue: Catalogue; calendar: WorkingCalendar }; police: { limits: DisputeLimits } };
  clock: { now(): Date };
  vault: { digest(key: Uint8Array, text: string): string };
}

export const disputeRules = ({ config, clock, vault }: Wiring, { key }: Accident): DisputeRules => ({
  at: clock.now(),
  catalogue: config.rules.catalogue,
  limits: config.police.limits,
  digest: (text) => vault.digest(key, text),
  letterDue: lawfulTimes(config.rules).letterDue,
});
