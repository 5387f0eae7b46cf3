/** Runs at most `parallel` tasks at once, the others wait in the order in which they came. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T>;

export function createLimiter(parallel: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= parallel) await new Promise<void>((go) => waiting.push(go));
    else running++;
    try {
      return await task();
    } finally {
      // the place is handed over, not given back: nobody who comes in between can take it
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
