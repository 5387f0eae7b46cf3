import { createHash } from "node:crypto";
import type { ChainedEvent, NewEvent } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";

/**
 * Numbers, dates and chains events: each hash covers the one before, the accident, and one fixed
 * serialisation of the event.
 */
export function chain(accidentId: string, before: ChainedEvent[], events: NewEvent[], at: Date): ChainedEvent[] {
  const last = before.at(-1);
  let prev = last?.hash ?? "";
  return events.map((event, index) => {
    const link = { ...event, seq: (last?.seq ?? 0) + index + 1, at, prev };
    prev = createHash("sha256")
      .update(serialise({ accidentId, ...link }))
      .digest("hex");
    return { ...link, hash: prev };
  });
}

/**
 * Returns the number of the first event that breaks the chain, or null where the record is as it was written.
 */
export function firstBrokenEvent(accidentId: string, events: ChainedEvent[]): number | null {
  let prev = "";
  for (const [index, { hash, ...link }] of events.entries()) {
    const computed = createHash("sha256")
      .update(serialise({ accidentId, ...link }))
      .digest("hex");
    if (link.prev !== prev || link.seq !== index + 1 || computed !== hash) return index + 1;
    prev = hash;
  }
  return null;
}
