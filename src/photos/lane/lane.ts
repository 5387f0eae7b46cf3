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
  /** tasks that wait for a process */
  waiting(): number;
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

export const createLane = (options: LaneOptions): Lane => new ProcessLane(options);

class ProcessLane implements Lane {
  readonly #options: LaneOptions;
  readonly #list: WaitingList<Job>;
  readonly #idle = new Map<PictureProcess, NodeJS.Timeout | undefined>();
  readonly #all = new Set<PictureProcess>();
  #isClosed = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#list = new WaitingList<Job>(options.limits);
  }

  readonly run = ({ head, parts, importance = "other" }: Task): Promise<Frame> =>
    new Promise((resolve, reject) => {
      const bytes = parts.reduce((sum, part) => sum + part.length, 0);
      if (this.#isClosed) return reject(closed());
      const { retryAfterS } = this.#options.limits;
      if (importance !== "urgent" && !this.#list.hasRoomFor(bytes)) return reject(new Busy(retryAfterS));
      this.#list.put({ head, parts, importance, bytes, hasKilled: false, resolve, reject });
      this.#next();
    });

  readonly waiting = (): number => this.#list.count;

  readonly close = async (): Promise<void> => {
    this.#isClosed = true;
    for (const timer of this.#idle.values()) clearTimeout(timer);
    for (let job = this.#list.take(); job; job = this.#list.take()) job.reject(closed());
    await Promise.all([...this.#all].map((worker) => worker.end()));
  };

  #next(): void {
    while (!this.#list.isEmpty) {
      const worker = this.#free();
      if (!worker) return;
      void this.#work(worker, this.#list.take() as Job);
    }
  }

  /** Returns a process without work, started now if there may be one more. */
  #free(): PictureProcess | undefined {
    for (const [worker, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(worker);
      if (worker.isAlive) return worker;
      this.#all.delete(worker);
    }
    if (this.#all.size >= this.#options.limits.processes) return undefined;
    const started = this.#options.start();
    this.#all.add(started);
    return started;
  }

  async #work(worker: PictureProcess, job: Job): Promise<void> {
    const { processBytes = Number.POSITIVE_INFINITY } = this.#options.limits;
    try {
      const answer = await worker.run(job);
      if (Number(answer.head["processBytes"]) > processBytes) await this.#dismiss(worker);
      const refusal = refusalIn(answer);
      if (refusal) job.reject(refusal);
      else job.resolve(answer);
    } catch (error) {
      this.#failed(job, error);
    }
    this.#rest(worker);
    this.#next();
  }

  #failed(job: Job, error: unknown): void {
    const hasDied = error instanceof WorkerDied;
    if (hasDied && !this.#isClosed) this.#options.onDeath?.(error);
    if (this.#isClosed) job.reject(closed());
    else if (!hasDied) job.reject(error);
    // the machine or another picture may be the cause: tried once more; a picture that kills two processes is
    // damaged, one that ran out of time may be sent again
    else if (job.hasKilled && error.isLate) job.reject(new Busy(this.#options.limits.retryAfterS));
    else if (job.hasKilled) job.reject(new Invalid("photo-damaged", {}, 422));
    else this.#list.put({ ...job, hasKilled: true }, "first");
  }

  #rest(worker: PictureProcess): void {
    if (!worker.isAlive) return void this.#all.delete(worker);
    const { idleMs } = this.#options.limits;
    const timer = idleMs === undefined ? undefined : setTimeout(() => void this.#dismiss(worker), idleMs).unref();
    this.#idle.set(worker, timer);
  }

  async #dismiss(worker: PictureProcess): Promise<void> {
    this.#idle.delete(worker);
    this.#all.delete(worker);
    await worker.end();
  }
}

const closed = () => new Busy(1);
