import { Busy, Invalid } from "../../errors.ts";
import type { Frame } from "./frames.ts";
import { type PictureProcess, WorkerDied } from "./picture-process.ts";

export interface LaneLimits {
  processes: number;
  /** what may wait, beside what is worked on */
  waiting: number;
  waitingBytes: number;
  retryAfterS: number;
}

export interface Task extends Frame {
  /** small and awaited by a person who does something else than to send photographs: goes first and is never refused */
  urgent?: boolean;
}

/** The pictures' own lane: a few processes, a bounded queue before them. */
export interface Lane {
  /** Throws Busy when the queue is full, `photo-damaged` for what has ended two processes. */
  run(task: Task): Promise<Frame>;
  close(): Promise<void>;
}

interface Job extends Task {
  bytes: number;
  hasKilled: boolean;
  resolve(frame: Frame): void;
  reject(error: unknown): void;
}

interface LaneOptions {
  limits: LaneLimits;
  start(): PictureProcess;
  onDeath?(error: WorkerDied): void;
}

export function createLane({ limits, start, onDeath }: LaneOptions): Lane {
  const queue: Job[] = [];
  const idle: PictureProcess[] = [];
  const all = new Set<PictureProcess>();
  let [waitingBytes, isClosed] = [0, false];

  const take = (): Job | undefined => {
    const job = queue.shift();
    waitingBytes -= job?.bytes ?? 0;
    return job;
  };
  const put = (job: Job) => {
    waitingBytes += job.bytes;
    if (job.urgent || job.hasKilled) queue.unshift(job);
    else queue.push(job);
  };
  const free = (): PictureProcess | undefined => {
    const one = idle.pop();
    if (one || all.size >= limits.processes) return one;
    const started = start();
    all.add(started);
    return started;
  };
  const next = (): void => {
    while (queue.length > 0) {
      const worker = free();
      if (!worker) return;
      if (worker.isAlive) void work(worker, take() as Job);
      else all.delete(worker);
    }
  };
  const work = async (worker: PictureProcess, job: Job): Promise<void> => {
    try {
      job.resolve(await worker.run(job));
    } catch (error) {
      if (error instanceof WorkerDied && !isClosed) onDeath?.(error);
      if (isClosed) job.reject(closed());
      // it may have been the machine's fault, or another's: once more; a picture that ends two processes is none
      else if (error instanceof WorkerDied && !job.hasKilled) put({ ...job, hasKilled: true });
      else job.reject(new Invalid("photo-damaged", {}, 422));
    }
    if (worker.isAlive) idle.push(worker);
    else all.delete(worker);
    next();
  };
  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        const bytes = task.parts.reduce((sum, part) => sum + part.length, 0);
        const isFull = queue.length >= limits.waiting || waitingBytes + bytes > limits.waitingBytes;
        if (isClosed) return reject(closed());
        if (isFull && !task.urgent) return reject(new Busy(limits.retryAfterS));
        put({ ...task, bytes, hasKilled: false, resolve, reject });
        next();
      }),
    async close() {
      isClosed = true;
      for (const job of queue.splice(0)) job.reject(closed());
      await Promise.all([...all].map((worker) => worker.end()));
    },
  };
}

const closed = () => new Busy(1);
