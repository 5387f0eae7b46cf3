import { SingleBar } from "cli-progress";

export interface Progress {
  step(): void;
  to(done: number): void;
  end(): void;
}

/** Shows a bar on the error output where that is a terminal; in a log, a line from time to time. */
export const showProgress = (doing: string, total: number): Progress =>
  process.stderr.isTTY ? showBar(doing, total) : sayLines(doing, total);

function showBar(doing: string, total: number): Progress {
  const bar = new SingleBar({ format: `${doing} [{bar}] {percentage} % | {eta_formatted}`, stream: process.stderr });
  bar.start(Math.max(total, 1), 0);
  return { step: () => bar.increment(), to: (done) => bar.update(done), end: () => bar.stop() };
}

const SAY_EVERY_MS = 30_000;

/** What takes less than half a minute says nothing. */
function sayLines(doing: string, total: number): Progress {
  let [done, saidAt] = [0, performance.now()];
  const to = (now: number): void => {
    done = now;
    if (performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    process.stderr.write(`${doing}: ${done} of ${Math.max(total, done)}\n`);
  };
  return { step: () => to(done + 1), to, end: () => {} };
}
