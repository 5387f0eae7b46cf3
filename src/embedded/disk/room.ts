import { statfsSync } from "node:fs";
import { Fault } from "../fault.ts";

const MB = 1024 * 1024;
/** A disk that is nearly full refuses photographs first: the case itself goes on for a long time with what is left. */
const LARGE_BYTES = 64 * 1024;
const LEFT_BY_LARGE = 16 * MB;
const LEFT_BY_SMALL = 4 * MB;
/** pages of the tree that one document changes */
const AROUND_BYTES = 32 * 1024;
const LOOK_MS = 250;

/** LMDB ends the whole process when the disk is full in the middle of a commit: what no longer fits is refused before. */
export class Room {
  readonly #freeBytes: () => number;
  #free = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** accepted, and perhaps not on the disk yet */
  #taken = 0;

  constructor(freeBytes: () => number) {
    this.#freeBytes = freeBytes;
  }

  /** Throws OutOfDiskSpace. */
  take(bytes: number): void {
    const isLarge = bytes >= LARGE_BYTES;
    if (isLarge || performance.now() - this.#lookedAt > LOOK_MS) this.#look();
    const left = this.#free - this.#taken - bytes - AROUND_BYTES;
    if (left < (isLarge ? LEFT_BY_LARGE : LEFT_BY_SMALL)) throw new Fault(14031, "no space left on the disk");
    this.#taken += bytes + AROUND_BYTES;
  }

  get taken(): number {
    return this.#taken;
  }

  /** These are on the disk now, and counted there. */
  written(bytes: number): void {
    this.#taken -= bytes;
  }

  #look(): void {
    this.#free = this.#freeBytes();
    this.#lookedAt = performance.now();
  }
}

/** On the disk on which the folder lies; some file systems do not know. */
export function freeBytesOf(dir: string): number {
  const { blocks, bavail, bsize } = statfsSync(dir);
  return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
}
