/** The database gave no answer in time. */
export class Silence extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
    this.name = "Silence";
  }
}

/** A timer that is later than this tells of our own process standing still, not of the database. */
const LATE_MS = 100;
/** What has arrived meanwhile is then read first. */
const GRACE_MS = 500;

/** The work's outcome, or a Silence after `ms`; `giveUp` ends it earlier. Its signal is aborted then: the driver closes the connection that it waits on. */
export function limited<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  running?: Set<() => void>,
): Promise<T> {
  const stop = new AbortController();
  return new Promise<T>((resolve, reject) => {
    let due = performance.now() + ms;
    const end = () => {
      clearTimeout(timer);
      running?.delete(giveUp);
    };
    const giveUp = () => {
      end();
      const silence = new Silence(ms);
      // The caller first: it is to hear of the silence, not of what becomes of the connection.
      reject(silence);
      stop.abort(silence);
    };
    const onTime = () => {
      if (performance.now() - due < LATE_MS) return giveUp();
      due = Number.POSITIVE_INFINITY;
      timer = setTimeout(giveUp, GRACE_MS);
    };
    let timer = setTimeout(onTime, ms);
    running?.add(giveUp);
    work(stop.signal).then(
      (result) => {
        end();
        resolve(result);
      },
      (error) => {
        end();
        reject(error);
      },
    );
  });
}
