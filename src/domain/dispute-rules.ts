import type { Accident } from "./accident.ts";
import type { DisputeRules } from "./act-on-dispute.ts";
import { DISPUTE_LIMITS } from "./dispute-limits.ts";
import type { Catalogue } from "./liability.ts";

/** What the rules of a dispute need of a running process. */
interface Wiring {
  config: { rules: { catalogue: Catalogue } };
  clock: { now(): Date };
  vault: { digest(key: Uint8Array, text: string): string };
}

export const disputeRules = ({ config, clock, vault }: Wiring, { key }: Accident): DisputeRules => ({
  at: clock.now(),
  catalogue: config.rules.catalogue,
  limits: DISPUTE_LIMITS,
  digest: (text) => vault.digest(key, text),
});
