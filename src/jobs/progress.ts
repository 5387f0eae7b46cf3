import { SingleBar } from "cli-progress";

export interface Progress {
  step(): void;
  to(done: number): void;
  end(): void;
}

/** Shows a bar on the error output while it is a terminal; in a log of cron there is none. */
export function showProgress(doing: string, total: number): Progress {
  const bar = new SingleBar({ format: `${doing} [{bar}] {percentage} % | {eta_formatted}`, stream: process.stderr });
  bar.start(Math.max(total, 1), 0);
  return { step: () => bar.increment(), to: (done) => bar.update(done), end: () => bar.stop() };
}
