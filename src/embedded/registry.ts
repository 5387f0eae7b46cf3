import { Fault } from "./fault.ts";

/** How a name that is not in a registry is refused: the code of MongoDB and its words. */
export interface Refusal {
  code: number;
  words: string;
}

const NOT_SPOKEN = "(not in the dialect of this database)";

/**
 * One kind of names in the dialect (operators, commands, options), each with its evaluator, which is
 * reached through `get` only: what is not in a registry is refused by its name.
 */
export class Registry<Entry> {
  readonly kind: string;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #refusal: Refusal;

  constructor(kind: string, refusal: Refusal, entries: Readonly<Record<string, Entry>>) {
    this.kind = kind;
    this.#refusal = refusal;
    this.#entries = new Map(Object.entries(entries));
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Returns the evaluator. Throws the refusal where there is no such name. */
  get(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Fault(this.#refusal.code, `${this.#refusal.words}: '${name}' ${NOT_SPOKEN}`);
    return entry;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Throws the refusal for the first name that is not here. */
  check(names: Iterable<string>): void {
    for (const name of names) this.get(name);
  }
}

/** Options of a command, or of a statement in it. The command reads their values. */
export class Options extends Registry<true> {
  constructor(where: string, names: readonly string[]) {
    super(
      where,
      { code: 40415, words: `unknown option of ${where}` },
      Object.fromEntries(names.map((name) => [name, true])),
    );
  }
}
