type Listener = (...args: unknown[]) => unknown;

interface Emitter {
  emit(event: string, ...args: unknown[]): boolean;
  rawListeners(event: string): unknown[];
}

/**
 * Makes an emitter await its listeners: a rejecting asynchronous one would otherwise end the process, and
 * nobody would know when the others are done. `settled` receives each event's failures; `error` events are
 * emitted as usual.
 */
export function safeEmit(
  emitter: Emitter,
  settled: (event: string, args: unknown[], failures: unknown[]) => void,
): void {
  const emit = emitter.emit.bind(emitter);
  emitter.emit = (event, ...args) => {
    if (event === "error") return emit(event, ...args);
    const listeners = emitter.rawListeners(event) as Listener[];
    const results = listeners.map(async (listener) => listener.apply(emitter, args));
    Promise.allSettled(results).then((all) => {
      const failures = all.filter((one) => one.status === "rejected").map((one) => one.reason);
      settled(event, args, failures);
    });
    return listeners.length > 0;
  };
}
