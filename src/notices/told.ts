import type { Accident, Person } from "../domain/accident.ts";
import type { Notice } from "../domain/notice.ts";

/** What a channel is given: who is told what of which case, and the delivery's id, constant over all attempts. */
export interface Told {
  person: Person;
  accident: Accident;
  notice: Notice;
  deliveryId: string;
}

/**
 * What a channel did: `said` (with the id that the platform's report will name), `cannot` (the next channel may; the code of
 * the platform's refusal), `unsure` (it may have arrived).
 */
export type ChannelResult =
  | { kind: "said"; msgId?: string | null }
  | { kind: "cannot"; code?: string }
  | { kind: "unsure" };
