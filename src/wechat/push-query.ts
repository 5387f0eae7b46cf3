/** As Koa gives it: an array where a parameter came more than once. */
export type PushQuery = Readonly<Record<string, string | string[] | undefined>>;

const MAX_AGE_MS = 10 * 60 * 1000;
const MAX_LENGTH = 512;

/**
 * Returns the parameters as single values; undefined when one came twice (parsers disagree on which counts)
 * or is overlong.
 */
export function singleValues(query: PushQuery): Readonly<Record<string, string>> | undefined {
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (typeof value !== "string" || value.length > MAX_LENGTH) return undefined;
    values[name] = value;
  }
  return values;
}

/** True within ten minutes of our clock, either way: an older signed push is a replay. */
export function isFresh(timestamp: string, nowMs: number): boolean {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(nowMs - Number(timestamp) * 1000) <= MAX_AGE_MS;
}
