import { type ChildProcess, spawn } from "node:child_process";
import { setPriority } from "node:os";
import type { Duplex } from "node:stream";
import { SYSTEM_TIMER, type Timer } from "../../timer.ts";
import { type Frame, readFrames, writeFrame } from "./frames.ts";
import { NO_WALL, type Wall } from "./wall.ts";

/** Pictures have a lower priority than everything else: while a push needs the processor, they wait. */
export const NICENESS = 10;
/** Longer than any decode may take: a process silent for this long is considered dead. */
export const SILENCE_MS = 20_000;
const HEAP_MB = 96;
const FIRST = new URL("./close-inherited.js", import.meta.url);

/** The whole environment of a picture process. */
const ENVIRONMENT = {
  // one decode at a time needs no four threads, and glibc's memory arenas of each thread are never returned
  UV_THREADPOOL_SIZE: "2",
  MALLOC_ARENA_MAX: "2",
  // without it onnxruntime-node reports every run to its maker
  ORT_DISABLE_TELEMETRY: "1",
} as const;

/** One picture process; it handles one task at a time. */
export interface PictureProcess {
  readonly isAlive: boolean;
  /** Returns the answer, or rejects with WorkerDied. */
  run(frame: Frame): Promise<Frame>;
  end(): Promise<void>;
}

export class WorkerDied extends Error {
  /** exit code or signal, in words for the log */
  readonly how: string;
  /** it was ended because it took too long */
  readonly isLate: boolean;

  constructor(how: string, isLate = false) {
    super(`the process for pictures ended: ${how}`);
    this.name = "WorkerDied";
    this.how = how;
    this.isLate = isLate;
  }
}

interface Waiting {
  resolve(frame: Frame): void;
  reject(error: Error): void;
}

/** Where and how picture processes run. */
export interface ProcessSetting {
  wall?: Wall;
  /** runs the limit of silence */
  timer?: Timer;
  /** scheduling priority: 0 (like the server) to 19 */
  niceness?: number;
}

interface ProcessOptions extends ProcessSetting {
  silenceMs?: number;
}

/**
 * Starts a separate process, not a thread: untrusted bytes reach native decoders there, so that a crash costs
 * one picture. It has no key and no descriptor of ours but the pipe, and a lower priority.
 */
export function startPictureProcess(script: URL, options: ProcessOptions = {}): PictureProcess {
  const { silenceMs = SILENCE_MS, wall = NO_WALL, timer = SYSTEM_TIMER, niceness = NICENESS } = options;
  const flags = [`--max-old-space-size=${HEAP_MB}`, "--import", FIRST.href];
  const [file = "", ...args] = wall.around([process.execPath, ...flags, script.pathname], ENVIRONMENT);
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "ignore", "pipe"], env: ENVIRONMENT });
  makeLow(child, niceness);
  const pipe = child.stdio[3] as Duplex & { ref(): void; unref(): void };
  let waiting: Waiting | null = null;
  let isAlive = true;
  let isLate = false;
  const gone = new Promise<void>((resolve) => {
    const die = (how: string) => {
      isAlive = false;
      waiting?.reject(new WorkerDied(how, isLate));
      waiting = null;
      pipe.destroy();
      resolve();
    };
    child.once("error", (error) => die(error.message));
    child.once("exit", (code, signal) => die(String(signal ?? code)));
  });
  pipe.on("error", () => child.kill("SIGKILL"));
  readFrames(pipe, (frame) => {
    waiting?.resolve(frame);
    waiting = null;
  });
  // an idle process keeps nothing alive, and it ends when its pipe does
  child.unref();
  pipe.unref();
  return {
    get isAlive() {
      return isAlive;
    },
    async run(frame) {
      if (!isAlive) throw new WorkerDied("before it began");
      child.ref();
      pipe.ref();
      const stopSilence = timer.after(silenceMs, () => {
        isLate = true;
        child.kill("SIGKILL");
      });
      try {
        return await new Promise<Frame>((resolve, reject) => {
          waiting = { resolve, reject };
          writeFrame(pipe, frame);
        });
      } finally {
        stopSilence();
        child.unref();
        pipe.unref();
      }
    },
    async end() {
      if (!isAlive) return;
      child.ref();
      child.kill("SIGKILL");
      await gone;
    },
  };
}

/**
 * Lowers the priority at once, because threads inherit it when they start. Not every system permits it; then
 * pictures only slow down the rest.
 */
function makeLow(child: ChildProcess, niceness: number): void {
  if (child.pid === undefined) return;
  try {
    setPriority(child.pid, niceness);
  } catch {
    // not permitted: the default priority stays
  }
}
