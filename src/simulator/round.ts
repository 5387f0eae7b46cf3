import { randomBytes } from "node:crypto";
import type { InsurerStandIn } from "./insurer/stand-in.ts";
import type { Phone } from "./phone.ts";
import type { Platform } from "./platform/platform.ts";

/** One showing with two drivers whom nobody has met. What came before it stays where it is and is shown apart. */
export interface Round {
  id: string;
  startedAt: Date;
}

export interface Rounds {
  current(): Round;
  /** New drivers, no code to scan, insurers that answer; the cases before it go on in the app by themselves. */
  begin(): Round;
  /** the newest code that was made in this round, by its ticket */
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
    // what is compared with it may be given in whole seconds
    isEarlier: (at) => at.getTime() < Math.floor(round.startedAt.getTime() / 1000) * 1000,
  };
}
