import type { Context } from "../context.ts";
import { dayInChina, missingYear } from "../domain/working-days.ts";

/** Creates a round that warns once a day of a year whose holidays have to be entered. */
export function calendarWarner({ config, clock, log }: Context): () => Promise<number> {
  let warned = "";
  return async () => {
    const now = clock.now();
    const year = missingYear(config.rules.calendar, now);
    const today = dayInChina(now);
    if (year !== null && warned !== today) {
      warned = today;
      log.warn({ year }, "calendar.year-missing");
    }
    return 0;
  };
}
