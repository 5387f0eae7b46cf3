import type { Timer } from "../timer.ts";

/** Ends one loop's wait early. A ring while the loop works is kept: its next wait ends at once. */
export interface WakeUp {
  ring(): void;
  /** Waits so many milliseconds, or for a ring; null: for a ring alone. */
  wait(ms: number | null): Promise<void>;
}

export function createWakeUp(timer: Timer): WakeUp {
  let rung = false;
  let end = () => {};
  return {
    ring() {
      rung = true;
      end();
    },
    async wait(ms) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const stop = ms === null ? () => {} : timer.after(ms, resolve);
          end = () => {
            stop();
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}
