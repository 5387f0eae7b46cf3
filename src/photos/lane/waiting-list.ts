/**
 * Order of the queue: `urgent`, small and not about photographs (never refused); `awaited`, somebody waits
 * for the answer; `plate`, a mandatory picture of a plate; then `other`.
 */
export const IMPORTANCE = ["urgent", "awaited", "plate", "other"] as const;
export type Importance = (typeof IMPORTANCE)[number];

export interface Waits {
  importance: Importance;
  bytes: number;
}

/** A bounded queue by importance, then arrival. */
export class WaitingList<T extends Waits> {
  readonly #limits: { waiting: number; waitingBytes: number };
  readonly #lists: Record<Importance, T[]> = { urgent: [], awaited: [], plate: [], other: [] };
  #count = 0;
  #bytes = 0;

  constructor(limits: { waiting: number; waitingBytes: number }) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  hasRoomFor(bytes: number): boolean {
    return this.#count < this.#limits.waiting && this.#bytes + bytes <= this.#limits.waitingBytes;
  }

  put(one: T, where: "first" | "last" = "last"): void {
    const list = this.#lists[one.importance];
    if (where === "first") list.unshift(one);
    else list.push(one);
    this.#count++;
    this.#bytes += one.bytes;
  }

  take(): T | undefined {
    const list = IMPORTANCE.map((importance) => this.#lists[importance]).find(({ length }) => length > 0);
    const one = list?.shift();
    if (!one) return undefined;
    this.#count--;
    this.#bytes -= one.bytes;
    return one;
  }
}
