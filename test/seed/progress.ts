import { SingleBar } from "cli-progress";

/** Shows on the error output how many are done, as `work` tells it: a bar, or in a log a line every 5 s. */
export async function withBar<T>(total: number, work: (tell: (done: number) => void) => Promise<T>): Promise<T> {
  const format = "{bar} {percentage}% | {value}/{total} | {eta_formatted}";
  const bar = new SingleBar({ format, noTTYOutput: true, notTTYSchedule: 5_000 });
  bar.start(total, 0);
  try {
    return await work((done) => bar.update(done));
  } finally {
    bar.stop();
  }
}
