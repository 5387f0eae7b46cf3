import { Invalid } from "../errors.ts";
import type { Determination, Review } from "./determination.ts";
import { addWorkingDays, dayInChina, REVIEW_DAYS, type WorkingCalendar } from "./working-days.ts";

/** The day on which a review was asked for. */
export const reviewDay = ({ filedOn, at }: Review): string => filedOn ?? dayInChina(at);

/** True for a request of a day after the third working day from service (Order 146 art. 71). */
export function isLateReview({ served }: Determination, review: Review, calendar: WorkingCalendar): boolean {
  const service = served[review.by];
  return service !== null && reviewDay(review) > dayInChina(addWorkingDays(service.at, REVIEW_DAYS, calendar).until);
}

/** Throws Invalid "filed-day" for a day before the letter's service, or one to come. */
export function requireFilingDay(day: string, servedAt: Date, now: Date): void {
  if (day < dayInChina(servedAt) || day > dayInChina(now)) throw new Invalid("filed-day", { field: "filed" });
}
