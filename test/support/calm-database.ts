import type { DatabaseLimits } from "../../src/store/limits.ts";

/** Limits that a database on a busy machine does not meet, for tests that are about something else. */
export const CALM_DATABASE: DatabaseLimits = {
  commandMs: 60_000,
  bulkMs: 90_000,
  trialMs: 30_000,
  connectMs: 30_000,
  pauseMs: 500,
  slowMs: 45_000,
  readyMs: 31_000,
};
