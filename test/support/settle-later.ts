import type { Jobs } from "../../src/jobs/jobs.ts";
import type { ManualClock } from "./clocks.ts";

/** Longer than any lease, then than the pauses before the next attempts. */
const LATER_MS = [60_000, 60_000, 600_000];

/** Lets jobs that go by this clock finish all that was left behind. */
export async function settleLater(jobs: Jobs, clock: ManualClock): Promise<void> {
  for (const ms of LATER_MS) {
    clock.advance(ms);
    await jobs.settle();
  }
}
