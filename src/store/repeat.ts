import { DatabaseAway } from "../errors.ts";

/**
 * Does the work a second time when its outcome is unknown. Only for reads, and writes that change nothing the
 * second time or meet their own unique key.
 */
export async function repeatable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseAway)) throw error;
    return work();
  }
}
