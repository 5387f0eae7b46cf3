/** What comes first: small, for a person who does something else than to send photographs (never refused); somebody waits for the answer; a mandatory picture of a plate; anything else. */
export const IMPORTANCE = ["urgent", "awaited", "plate", "other"] as const;
export type Importance = (typeof IMPORTANCE)[number];

export interface Waits {
  importance: Importance;
  bytes: number;
}

/** A bounded queue in order of importance, and of arrival among equals. */
export class WaitingList<T extends Waits> {
  readonly #limits: { waiting: number; waitingBytes: number };
  readonly #lists: Record<Importance, T[]> = { urgent: [], awaited: [], plate: [], other: [] };
  #count = 0;
  #bytes = 0;

  constructor(limits: { waiting: number; waitingBytes: number }) {
    this.#limits = limits;
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
