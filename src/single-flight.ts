/** Joins simultaneous calls for the same thing: the first runs, the others get its result. */
export type SingleFlight = <T>(key: string, run: () => Promise<T>) => Promise<T>;

/** Joins equal calls within this process; `key` identifies them. */
export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Promise<unknown>>();
  return <T>(key: string, run: () => Promise<T>): Promise<T> => {
    const flight = flights.get(key) ?? run().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight as Promise<T>;
  };
}
