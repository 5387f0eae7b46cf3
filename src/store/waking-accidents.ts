import type { Accidents } from "./accidents.ts";

export interface Wakers {
  /** after every change, since an outbox may have a new entry */
  wake(): void;
  /** after everything that an open page of this accident may show */
  ring(accidentId: string): void;
}

/** Returns the store with the jobs woken, and open pages told, after every write. */
export function wakingAfterChange(accidents: Accidents, { wake, ring }: Wakers): Accidents {
  return {
    ...accidents,
    async change(id, decide) {
      const after = await accidents.change(id, decide);
      wake();
      ring(after.id);
      return after;
    },
    async decide(id, decide) {
      const decided = await accidents.decide(id, decide);
      wake();
      ring(decided.accident.id);
      return decided;
    },
    async noteSeen(id, seen) {
      await accidents.noteSeen(id, seen);
      ring(id);
    },
  };
}
