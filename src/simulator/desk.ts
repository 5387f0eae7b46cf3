import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Render } from "../render.ts";
import type { InsurerStandIn } from "./insurer/stand-in.ts";
import type { Operator } from "./operator.ts";
import type { Phone } from "./phone.ts";
import type { Platform } from "./platform/platform.ts";
import type { Rounds } from "./round.ts";

/** Everything that the simulator's page works with. */
export interface Desk {
  config: Config;
  render: Render;
  log: Log;
  platform: Platform;
  insurers: InsurerStandIn;
  phones: Phone[];
  rounds: Rounds;
  operator: Operator;
  now(): Date;
}
