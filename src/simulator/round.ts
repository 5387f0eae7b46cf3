import { randomBytes } from "node:crypto";
import type { InsurerStandIn } from "./insurer/stand-in.ts";
import type { Phone } from "./phone.ts";
import type { Platform } from "./platform/platform.ts";

/** One round with two new drivers. Earlier cases stay and are shown apart. */
export interface Round {
  id: string;
  startedAt: Date;
}

export interface Rounds {
  current(): Round;
  /** Starts a round: new drivers, no code to scan, normal insurers; earlier cases go on in the app. */
  begin(): Round;
  /** the newest code of this round, by its ticket */
  newestCode(): string | null;
  isEarlier(at: Date): boolean;
}

interface Stage {
  platform: Platform;
  insurers: InsurerStandIn;
  phones: readonly Phone[];
  now: () => Date;
}

export function createRounds({ platform, insurers, phones, now }: Stage): Rounds {
  const fresh = (): Round => ({ id: randomBytes(6).toString("hex"), startedAt: now() });
  let round = fresh();
  let earlierCodes = new Set<string>();
  return {
    current: () => round,
    begin() {
      round = fresh();
      earlierCodes = new Set(platform.qrs().map(({ ticket }) => ticket));
      for (const phone of phones) phone.reset(`o_driver_${phone.index}_${round.id}`);
      insurers.behaveAsUsual();
      return round;
    },
    newestCode: () =>
      platform
        .qrs()
        .filter(({ ticket }) => !earlierCodes.has(ticket))
        .at(-1)?.ticket ?? null,
    // times that are compared with it may be in whole seconds
    isEarlier: (at) => at.getTime() < Math.floor(round.startedAt.getTime() / 1000) * 1000,
  };
}
