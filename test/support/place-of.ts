import { minutesBefore } from "../../src/domain/occurrence.ts";

const TEN_HOURS = 600;

/** What the page of the place gives; its time lies before the opening of any case of today. */
export const placeOf = ({ clock }: { clock: { now(): Date } }) => ({
  address: "延安东路近外滩",
  weather: "rain" as const,
  occurredAt: minutesBefore(clock.now(), TEN_HOURS),
});

/** The same as the page's form posts it: just before the case was opened. */
export const PLACE_FIELDS = { address: "延安东路近外滩", when: "0", weather: "rain" };
