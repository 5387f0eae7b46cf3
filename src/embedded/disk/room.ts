import { Fault } from "../fault.ts";

const MB = 1024 * 1024;
/**
 * Documents of this size, such as photographs, are refused first on a nearly full disk: cases go on for a
 * long time with the rest.
 */
const LARGE_BYTES = 64 * 1024;
const LEFT_BY_LARGE = 16 * MB;
const LEFT_BY_SMALL = 4 * MB;
/** bytes of the tree pages that one changed document rewrites */
const AROUND_BYTES = 32 * 1024;
const LOOK_MS = 250;

/** `isFull`: every write is refused; `refusesLarge`: photographs are. */
export type RoomState = { freeBytes: number; isFull: boolean; refusesLarge: boolean };

/**
 * Refuses writes before the disk is full, because a commit that meets a full disk fails for every statement
 * in it.
 */
export class Room {
  readonly #freeBytes: () => number;
  #free = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** bytes accepted that may not be on the disk yet */
  #taken = 0;

  constructor(freeBytes: () => number) {
    this.#freeBytes = freeBytes;
  }

  /** Reserves room for a document. Throws OutOfDiskSpace. */
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

  /** Releases a reservation whose bytes are on the disk, where the file system counts them. */
  written(bytes: number): void {
    this.#taken -= bytes;
  }

  /** The state that the next document meets. */
  state(): RoomState {
    this.#look();
    const left = this.#free - this.#taken - AROUND_BYTES;
    return { freeBytes: this.#free, isFull: left < LEFT_BY_SMALL, refusesLarge: left < LEFT_BY_LARGE + LARGE_BYTES };
  }

  #look(): void {
    this.#free = this.#freeBytes();
    this.#lookedAt = performance.now();
  }
}
