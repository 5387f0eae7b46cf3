/**
 * How an insurer behaves: normal · down: the connection breaks before anything is read · slow: no answer for so long · status: this HTTP status ·
 * ack-lost: the claim is taken, then the connection breaks · error-in-200: refuses inside a 200 · oversized: an answer without end
 */
export type Mode =
  | { kind: "normal" }
  | { kind: "down" }
  | { kind: "slow"; delayMs: number }
  | { kind: "status"; status: number; retryAfter?: string; location?: string }
  | { kind: "ack-lost" }
  | { kind: "error-in-200"; code: string }
  | { kind: "oversized"; bytes: number };

export interface Modes {
  get(code: string): Mode;
  set(code: string, mode: Mode, times?: number): void;
  /** the mode for one request; counts it */
  take(code: string): Mode;
  /** waits, unless the stand-in is closed before */
  pause(ms: number): Promise<void>;
  close(): void;
}

const NORMAL: Mode = { kind: "normal" };

export function createModes(): Modes {
  const modes = new Map<string, { mode: Mode; left: number }>();
  const closing = new AbortController();
  const get = (code: string) => modes.get(code)?.mode ?? NORMAL;
  return {
    get,
    set: (code, mode, times = Number.POSITIVE_INFINITY) => void modes.set(code, { mode, left: times }),
    take(code) {
      const entry = modes.get(code);
      if (!entry) return NORMAL;
      entry.left--;
      if (entry.left <= 0) modes.delete(code);
      return entry.mode;
    },
    pause: (ms) =>
      new Promise((resolve) => {
        if (closing.signal.aborted) return resolve();
        const timer = setTimeout(resolve, ms);
        const stop = () => {
          clearTimeout(timer);
          resolve();
        };
        closing.signal.addEventListener("abort", stop, { once: true });
      }),
    close: () => closing.abort(),
  };
}
