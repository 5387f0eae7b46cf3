import { DatabaseAway } from "../errors.ts";

/** Does it once more when its outcome is unknown. Only for a read, or a write that the second time changes nothing or meets its own key. */
export async function repeatable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseAway)) throw error;
    return work();
  }
}
