/**
 * Behaviour of an insurer:
 * - normal
 * - down: the connection breaks before anything is read
 * - silent: no answer until the mode is changed
 * - drip: an answer that begins and does not end, one byte at a time, until the mode is changed
 * - slow: an answer after this time
 * - status: this HTTP status
 * - ack-lost: the claim is accepted, then the connection breaks
 * - error-in-200: refuses inside a 200
 * - body: this body with 200
 * - oversized: an answer without end
 */
export type Mode =
  | { kind: "normal" }
  | { kind: "down" }
  | { kind: "silent" }
  | { kind: "drip" }
  | { kind: "slow"; delayMs: number }
  | { kind: "status"; status: number; retryAfter?: string; location?: string }
  | { kind: "ack-lost" }
  | { kind: "error-in-200"; code: string }
  | { kind: "body"; body: string; contentType: string }
  | { kind: "oversized"; bytes: number };

export interface Modes {
  get(code: string): Mode;
  set(code: string, mode: Mode, times?: number): void;
  /** returns the mode for one request and counts it */
  take(code: string): Mode;
  /** waits, until the stand-in is closed at the latest */
  pause(ms: number): Promise<void>;
  /** aborted when the mode of this insurer is changed, or the stand-in is closed */
  changed(code: string): AbortSignal;
  close(): void;
}

const NORMAL: Mode = { kind: "normal" };

export function createModes(): Modes {
  const modes = new Map<string, { mode: Mode; left: number }>();
  const closing = new AbortController();
  const changes = new Map<string, AbortController>();
  const get = (code: string) => modes.get(code)?.mode ?? NORMAL;
  return {
    get,
    set(code, mode, times = Number.POSITIVE_INFINITY) {
      modes.set(code, { mode, left: times });
      changes.get(code)?.abort();
      changes.delete(code);
    },
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
    changed(code) {
      const change = changes.get(code) ?? new AbortController();
      changes.set(code, change);
      return AbortSignal.any([change.signal, closing.signal]);
    },
    close: () => closing.abort(),
  };
}
