/** Runs one call for all that ask for the same thing at the same time: the first runs, the others get its outcome. */
export type SingleFlight = <T>(key: string, run: () => Promise<T>) => Promise<T>;

/** Joins equal calls within this process; `key` names what is asked for. */
export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Promise<unknown>>();
  return <T>(key: string, run: () => Promise<T>): Promise<T> => {
    const flight = flights.get(key) ?? run().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight as Promise<T>;
  };
}
