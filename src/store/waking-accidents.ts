import type { Accidents } from "./accidents.ts";

/** Returns the store with `wake` called after every write, since an outbox may have a new entry. */
export function wakingAfterChange(accidents: Accidents, wake: () => void): Accidents {
  return {
    ...accidents,
    async change(id, decide) {
      const after = await accidents.change(id, decide);
      wake();
      return after;
    },
    async decide(id, decide) {
      const decided = await accidents.decide(id, decide);
      wake();
      return decided;
    },
  };
}
