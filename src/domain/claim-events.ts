import type { Accident, EventType } from "./accident.ts";

/** True when the record has an event of one of these types for this claim. */
export const hasClaimEvent = ({ events }: Pick<Accident, "events">, ref: string, ...types: EventType[]): boolean =>
  events.some(({ type, data }) => data.ref === ref && types.includes(type));
