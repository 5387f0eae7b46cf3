export const OUTBOX_KINDS = ["claim", "notice", "document", "photo", "plate", "plate-idle"] as const;

/**
 * A message to send, stored in the document by the same write. The store assigns its id (accident and number;
 * a claim's webhook id). `body` is a code with parameters, or exact bytes as text.
 */
export interface OutboxEntry {
  kind: (typeof OUTBOX_KINDS)[number];
  /** claim: insurer code; notice: personId; document: accident; photo, plate, plate-idle: photograph */
  target: string;
  body: string;
  /** a driver waits for it at the roadside: it goes before others of its kind */
  urgent?: true;
  /**
   * Notices of one group to one person: the latest says all. One is sent within two minutes; of those that
   * wait meanwhile the last one takes the others' place.
   */
  group?: string;
}

/** Entries that an accident's outbox holds; as many may come with one change. */
export const OUTBOX_LIMIT = 32;

/** The place of an entry among all of its accident: the change after this version put it there. */
export const seqOf = (versionBefore: number, index: number): number => versionBefore * OUTBOX_LIMIT + index;

/** The accident's version that has what the entry tells of. */
export const versionOf = (seq: number): number => Math.floor(seq / OUTBOX_LIMIT) + 1;
