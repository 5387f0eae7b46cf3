import type { Accident, EventType } from "../domain/accident.ts";

/** Whether the record has such an event of this claim. */
export const hasClaimEvent = ({ events }: Pick<Accident, "events">, ref: string, ...types: EventType[]): boolean =>
  events.some(({ type, data }) => data.ref === ref && types.includes(type));
