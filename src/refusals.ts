import type { Log } from "./log.ts";
import type { Timer } from "./timer.ts";

const A_MINUTE_MS = 60_000;

export interface Refusal {
  /** The door for machines that refused: `push` (the platform's) or `status` (an insurer's call-back). */
  door: "push" | "status";
  /** Why, as a code: token, clock, key, form … */
  reason: string;
  /** The field that is wrong, where one is. */
  field?: string | undefined;
}

export interface Refusals {
  /** Counts one; the first is logged at once, further ones together, one line a minute for each door. */
  add(refusal: Refusal): void;
  /** How many since the start, by door and reason. */
  counts(): Record<string, Record<string, number>>;
}

/** What the doors for machines refuse, for an operator: senders of machines read no answers. */
export function createRefusals({ log, timer }: { log: Log; timer: Timer }): Refusals {
  const totals: Record<string, Record<string, number>> = {};
  const unsaid = new Map<Refusal["door"], Record<string, number>>();

  const say = (door: Refusal["door"]): void => {
    const reasons = unsaid.get(door) ?? {};
    if (Object.keys(reasons).length === 0) {
      unsaid.delete(door);
      return;
    }
    unsaid.set(door, {});
    log.warn({ door, reasons }, "door.refused");
    timer.after(A_MINUTE_MS, () => say(door));
  };
  return {
    add({ door, reason, field }) {
      const total = totals[door] ?? {};
      totals[door] = total;
      total[reason] = (total[reason] ?? 0) + 1;
      const isFirst = !unsaid.has(door);
      const waiting = unsaid.get(door) ?? {};
      const key = field === undefined ? reason : `${reason}.${field}`;
      waiting[key] = (waiting[key] ?? 0) + 1;
      unsaid.set(door, waiting);
      if (isFirst) say(door);
    },
    counts: () => structuredClone(totals),
  };
}
