import { Busy, Invalid } from "../../errors.ts";
import type { Frame } from "./frames.ts";
import { type PictureProcess, WorkerDied } from "./picture-process.ts";
import { refusalIn } from "./refusal.ts";
import { type Importance, WaitingList } from "./waiting-list.ts";

export interface LaneLimits {
  processes: number;
  /** tasks that may wait, besides those in progress */
  waiting: number;
  /** bytes of waiting tasks in the server's memory */
  waitingBytes: number;
  retryAfterS: number;
  /** a process that reports more memory is replaced before its next picture */
  processBytes?: number;
  /** a process without work for this long is ended */
  idleMs?: number;
}

export interface Task extends Frame {
  importance?: Importance;
}

/** A pool of processes for pictures, started with the first one, with a bounded queue before it. */
export interface Lane {
  /**
   * Throws Busy when the queue is full or a task has run out of time twice, the process's own refusals, and
   * `photo-damaged` for a task that has killed two processes.
   */
  run(task: Task): Promise<Frame>;
  close(): Promise<void>;
}

interface Job extends Frame {
  importance: Importance;
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
  const list = new WaitingList<Job>(limits);
  const idle = new Map<PictureProcess, NodeJS.Timeout | undefined>();
  const all = new Set<PictureProcess>();
  let isClosed = false;

  const dismiss = async (worker: PictureProcess) => {
    idle.delete(worker);
    all.delete(worker);
    await worker.end();
  };
  const rest = (worker: PictureProcess) => {
    if (!worker.isAlive) return void all.delete(worker);
    const { idleMs } = limits;
    idle.set(worker, idleMs === undefined ? undefined : setTimeout(() => void dismiss(worker), idleMs).unref());
  };
  const free = (): PictureProcess | undefined => {
    for (const [worker, timer] of idle) {
      clearTimeout(timer);
      idle.delete(worker);
      if (worker.isAlive) return worker;
      all.delete(worker);
    }
    if (all.size >= limits.processes) return undefined;
    const started = start();
    all.add(started);
    return started;
  };
  const next = (): void => {
    while (!list.isEmpty) {
      const worker = free();
      if (!worker) return;
      void work(worker, list.take() as Job);
    }
  };
  const work = async (worker: PictureProcess, job: Job): Promise<void> => {
    try {
      const answer = await worker.run(job);
      if (Number(answer.head["processBytes"]) > (limits.processBytes ?? Number.POSITIVE_INFINITY))
        await dismiss(worker);
      const refusal = refusalIn(answer);
      if (refusal) job.reject(refusal);
      else job.resolve(answer);
    } catch (error) {
      failed(job, error);
    }
    rest(worker);
    next();
  };
  const failed = (job: Job, error: unknown): void => {
    const hasDied = error instanceof WorkerDied;
    if (hasDied && !isClosed) onDeath?.(error);
    if (isClosed) job.reject(closed());
    else if (!hasDied) job.reject(error);
    // the machine or another picture may be the cause: tried once more; a picture that kills two processes is
    // damaged, one that ran out of time may be sent again
    else if (job.hasKilled && error.isLate) job.reject(new Busy(limits.retryAfterS));
    else if (job.hasKilled) job.reject(new Invalid("photo-damaged", {}, 422));
    else list.put({ ...job, hasKilled: true }, "first");
  };
  return {
    run: ({ head, parts, importance = "other" }) =>
      new Promise((resolve, reject) => {
        const bytes = parts.reduce((sum, part) => sum + part.length, 0);
        if (isClosed) return reject(closed());
        if (importance !== "urgent" && !list.hasRoomFor(bytes)) return reject(new Busy(limits.retryAfterS));
        list.put({ head, parts, importance, bytes, hasKilled: false, resolve, reject });
        next();
      }),
    async close() {
      isClosed = true;
      for (const timer of idle.values()) clearTimeout(timer);
      for (let job = list.take(); job; job = list.take()) job.reject(closed());
      await Promise.all([...all].map((worker) => worker.end()));
    },
  };
}

const closed = () => new Busy(1);
