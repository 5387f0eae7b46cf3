import { Busy, Invalid } from "../../errors.ts";
import type { Frame } from "../lane/frames.ts";
import { type PictureProcess, WorkerDied } from "../lane/picture-process.ts";
import type { ReaderLimits } from "./limits.ts";
import { type Importance, WaitingList } from "./waiting-list.ts";

/** One process at a time, started with the first picture, ended when there is nothing to do or when it has grown too large. */
export interface ReadingLane {
  /** Throws Busy when too many wait, `photo-damaged` for what has ended two processes. */
  run(frame: Frame, importance: Importance): Promise<Frame>;
  close(): Promise<void>;
}

interface Job {
  frame: Frame;
  importance: Importance;
  bytes: number;
  hasKilled: boolean;
  resolve(frame: Frame): void;
  reject(error: unknown): void;
}

export interface LaneOptions {
  limits: ReaderLimits;
  start(): PictureProcess;
  onDeath?(error: WorkerDied): void;
}

export function createReadingLane({ limits, start, onDeath }: LaneOptions): ReadingLane {
  const list = new WaitingList<Job>(limits);
  let worker: PictureProcess | null = null;
  let [isWorking, isClosed] = [false, false];
  let idle: NodeJS.Timeout | undefined;

  const dismiss = async () => {
    const dismissed = worker;
    worker = null;
    await dismissed?.end();
  };
  const work = async (job: Job): Promise<void> => {
    if (!worker?.isAlive) worker = start();
    try {
      const answer = await worker.run(job.frame);
      if (Number(answer.head["processBytes"]) > limits.processBytes) await dismiss();
      job.resolve(answer);
    } catch (error) {
      if (isClosed) return job.reject(new Busy(limits.retryAfterS));
      if (!(error instanceof WorkerDied)) return job.reject(error);
      onDeath?.(error);
      // it may have been the machine's fault: once more, in a new process
      if (job.hasKilled) job.reject(new Invalid("photo-damaged", {}, 422));
      else list.put({ ...job, hasKilled: true }, "first");
    }
  };
  const next = async (): Promise<void> => {
    if (isWorking) return;
    isWorking = true;
    clearTimeout(idle);
    for (let job = list.take(); job; job = list.take()) await work(job);
    isWorking = false;
    if (!isClosed) idle = setTimeout(() => void (isWorking || dismiss()), limits.idleMs).unref();
  };
  return {
    run: (frame, importance) =>
      new Promise((resolve, reject) => {
        const bytes = frame.parts.reduce((sum, part) => sum + part.length, 0);
        if (isClosed || !list.hasRoomFor(bytes)) return reject(new Busy(limits.retryAfterS));
        list.put({ frame, importance, bytes, hasKilled: false, resolve, reject });
        void next();
      }),
    async close() {
      isClosed = true;
      clearTimeout(idle);
      for (let job = list.take(); job; job = list.take()) job.reject(new Busy(limits.retryAfterS));
      await dismiss();
    },
  };
}
