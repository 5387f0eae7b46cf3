import type { Accident, Person } from "../domain/accident.ts";
import type { Notice } from "../domain/notice.ts";

/**
 * Input of a channel: the person, the case and the notice, and the delivery's id, the same over all attempts.
 */
export interface Told {
  person: Person;
  accident: Accident;
  notice: Notice;
  deliveryId: string;
}

/**
 * Result of a channel: `said` (with the id that the platform's report will name), `cannot` (with the
 * platform's code; the next channel may), `unsure` (it may have arrived).
 */
export type ChannelResult =
  | { kind: "said"; msgId?: string | null }
  | { kind: "cannot"; code?: string }
  | { kind: "unsure" };
