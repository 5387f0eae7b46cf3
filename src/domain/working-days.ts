/**
 * Working days of mainland China, with the days that are moved around its holidays. Short limits of the
 * procedure are counted in them (Order 146 art. 112): the day after the start is day one, the last day runs
 * until 24:00.
 */

/** Days as YYYY-MM-DD, in China's zone. */
export interface WorkingCalendar {
  /** years whose holidays are known */
  years: ReadonlySet<number>;
  off: ReadonlySet<string>;
  /** days of a weekend on which people work */
  worked: ReadonlySet<string>;
}

/** The letter, from the taking of an application (art. 24). */
export const LETTER_DAYS = 3;
/** Service of a letter, from its issue (art. 65). */
export const SERVICE_DAYS = 3;
/** To ask for a review, from service (art. 71). */
export const REVIEW_DAYS = 3;

export interface Deadline {
  /** the last moment of the last day */
  until: Date;
  /** false: it lies in, or passes through, a year whose holidays are not known; the day is the later one */
  isSure: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** China has one zone and no summer time. */
const OFFSET_MS = 8 * HOUR_MS;

/** The day in China, YYYY-MM-DD. */
export const dayInChina = (at: Date): string => new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 10);

/** The end of the n-th working day after the day of `from`. */
export function addWorkingDays(from: Date, n: number, calendar: WorkingCalendar): Deadline {
  let [left, isSure] = [n, true];
  let noon = Date.parse(`${dayInChina(from)}T12:00:00Z`);
  while (left > 0) {
    noon += DAY_MS;
    const day = new Date(noon).toISOString().slice(0, 10);
    if (isWorked(day, calendar)) left -= 1;
    isSure &&= isKnown(day, calendar);
  }
  return { until: new Date(noon + DAY_MS / 2 - OFFSET_MS - 1), isSure };
}

/** Whether people work on this day; where the year is not known, every day that may be a holiday is one. */
export function isWorked(day: string, calendar: WorkingCalendar): boolean {
  if (calendar.worked.has(day)) return true;
  if (calendar.off.has(day)) return false;
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  return !isWeekend && (isKnown(day, calendar) || !mayBeHoliday(day));
}

const isKnown = (day: string, { years }: WorkingCalendar): boolean => years.has(Number(day.slice(0, 4)));

/** The year whose holidays have to be entered now: from 1 December on the next one; null: all is known. */
export function missingYear({ years }: WorkingCalendar, now: Date): number | null {
  const [year = 0, month] = dayInChina(now).split("-").map(Number);
  if (!years.has(year)) return year;
  return month === 12 && !years.has(year + 1) ? year + 1 : null;
}

/** From and to, month and day: the statutory holidays with the days that may be moved to them. */
const SOLAR: readonly (readonly [from: number, to: number])[] = [
  [101, 103],
  // Qingming moves between 4 and 6 April
  [403, 407],
  [501, 505],
  [1001, 1008],
];
/** … by the lunar calendar: Spring Festival, Dragon Boat, Mid-Autumn. */
const LUNAR: readonly (readonly [from: number, to: number])[] = [
  [101, 108],
  [1228, 1230],
  [503, 507],
  [813, 817],
];

const lunarDay = new Intl.DateTimeFormat("en-u-ca-chinese", { month: "numeric", day: "numeric", timeZone: "UTC" });

function mayBeHoliday(day: string): boolean {
  const among = (spans: typeof SOLAR, month: number, date: number) =>
    spans.some(([from, to]) => month * 100 + date >= from && month * 100 + date <= to);
  const [, month = 0, date = 0] = day.split("-").map(Number);
  if (among(SOLAR, month, date)) return true;
  const parts = lunarDay.formatToParts(new Date(`${day}T12:00:00Z`));
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  // a leap month is no number ("6bis") and has no holiday
  return among(LUNAR, part("month"), part("day"));
}
