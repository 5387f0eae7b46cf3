/** Ends one loop's wait early. A ring while the loop works is kept: its next wait ends at once. */
export interface WakeUp {
  ring(): void;
  wait(ms: number): Promise<void>;
}

export function createWakeUp(): WakeUp {
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
          const timer = setTimeout(resolve, ms);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}
