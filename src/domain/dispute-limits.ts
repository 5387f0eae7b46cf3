/** Wall-clock limits of a dispute, from the settings (`police.limits`). */
export interface DisputeLimits {
  /** guidance without an officer: both are told and offered the other ways */
  guidanceLateMin: number;
  /** a proposal that the other driver does not answer lapses */
  proposalMin: number;
  /** an application without an officer: both are told */
  applicationLateMin: number;
  /**
   * … and goes back to the drivers after this; guidance that an officer has taken and not given, and an
   * application whose letter is overdue, go back into the queue
   */
  untakenHours: number;
  /** a letter that was not opened: its party is told again */
  letterReminderHours: number;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** True once `amount` units have passed since `from`. */
export const hasPassed = (from: Date, amount: number, unitMs: number, now: Date): boolean =>
  now.getTime() - from.getTime() >= amount * unitMs;
