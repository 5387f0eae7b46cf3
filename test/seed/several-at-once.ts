/** Runs works beside each other, `most` at a time. */
export interface SeveralAtOnce {
  /** Starts one as soon as there is a place. Throws what an earlier one has thrown. */
  start(work: () => Promise<unknown>): Promise<void>;
  /** Waits for all. Throws what one of them has thrown. */
  end(): Promise<void>;
}

export function severalAtOnce(most: number): SeveralAtOnce {
  const underWay = new Set<Promise<void>>();
  const errors: unknown[] = [];
  const requireNone = () => {
    if (errors.length > 0) throw errors[0];
  };
  return {
    async start(work) {
      while (underWay.size >= most) await Promise.race(underWay);
      requireNone();
      const one: Promise<void> = work()
        .then(
          () => {},
          (error: unknown) => void errors.push(error),
        )
        .finally(() => underWay.delete(one));
      underWay.add(one);
    },
    async end() {
      await Promise.all(underWay);
      requireNone();
    },
  };
}
