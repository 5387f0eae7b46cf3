import { Invalid } from "../errors.ts";

/** Runs an action; what it refuses gets this page's own sentence (a key of the words), where the page has one. */
export async function refusing<T>(words: Record<string, string>, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const key = error instanceof Invalid ? words[error.code] : undefined;
    if (!(error instanceof Invalid) || !key) throw error;
    throw new Invalid(key, { ...error.details }, error.status);
  }
}
