import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

const PIECE = Buffer.alloc(64 * 1024, 1);

/**
 * A disk of so many MB in memory, mounted on a folder for the programs that are started with `command` and
 * nobody else.
 */
export class SmallDisk {
  readonly #holder: ChildProcess;
  readonly #dir: string;

  private constructor(holder: ChildProcess, dir: string) {
    this.#holder = holder;
    this.#dir = dir;
  }

  /** Why this system has none: it lets this user mount nothing. Null: it does. */
  static whyNot(dir: string): string | null {
    const { status, stderr, error } = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", dir], {
      encoding: "utf8",
    });
    return status === 0 ? null : (error?.message ?? stderr.trim());
  }

  static async mount(dir: string, megabytes: number): Promise<SmallDisk> {
    const script = 'mount -t tmpfs -o "size=$1m" none "$2" && echo ready && exec sleep infinity';
    const holder = spawn("unshare", ["-rm", "sh", "-c", script, "sh", String(megabytes), dir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(createInterface(holder.stdout!), "line");
    return new SmallDisk(holder, dir);
  }

  /** A program and its arguments, so that it sees the disk. */
  command(words: readonly string[]): string[] {
    return ["nsenter", "--preserve-credentials", "-U", "-m", `-t${this.#holder.pid}`, ...words];
  }

  /** The folder as everybody else sees it. */
  get path(): string {
    return `/proc/${this.#holder.pid}/root${this.#dir}`;
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Takes room until so many bytes are left, or none. */
  fill(left = 0): void {
    const ballast = openSync(`${this.path}/ballast`, "a");
    try {
      while (this.freeBytes > left) writeSync(ballast, PIECE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(ballast);
    }
  }

  makeRoom(): void {
    rmSync(`${this.path}/ballast`, { force: true });
  }

  async unmount(): Promise<void> {
    const gone = once(this.#holder, "exit");
    this.#holder.kill("SIGKILL");
    await gone;
  }
}
