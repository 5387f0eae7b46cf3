import type { Config } from "../config.ts";
import { type Check, ok } from "./check.ts";
import { databaseChecks } from "./database-checks.ts";
import { insurerChecks } from "./insurer-checks.ts";
import { MACHINE_CHECKS } from "./machine-checks.ts";
import { PUBLIC_CHECKS } from "./public-checks.ts";
import { SETTINGS_CHECKS } from "./settings-checks.ts";
import { WECHAT_CHECKS } from "./wechat-checks.ts";

/** Where the simulator stands in for the platform there is no account and no public address to look at. */
const STAND_IN: readonly Check[] = [{ name: "wechat", run: () => ok("stand-in") }];

/** Everything that the doctor looks at with these settings, in the order in which it is printed. */
export const checksOf = (config: Config, isPinging: boolean): Check[] => [
  ...SETTINGS_CHECKS,
  ...databaseChecks(config.mongodbUri === null),
  ...MACHINE_CHECKS,
  ...(config.standIns.platform ? STAND_IN : [...PUBLIC_CHECKS, ...WECHAT_CHECKS]),
  ...insurerChecks(config.insurers, isPinging),
];
