const DUPLICATE = 11000;

/** Whether a write met a document that has its unique key already. */
export const isDuplicate = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === DUPLICATE;
