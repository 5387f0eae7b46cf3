import { factsOf } from "../errors.ts";

const DUPLICATE = 11000;

/** Whether a write met a document that has its unique key already. */
export const isDuplicate = (error: unknown): boolean => factsOf(error).code === DUPLICATE;

/**
 * Ignores that another process has made the same document at the same moment: for what is only made where it
 * lacks.
 */
export function unlessThere(error: unknown): void {
  if (!isDuplicate(error)) throw error;
}
