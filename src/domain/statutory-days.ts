const DAY_MS = 24 * 3600_000;
/** China has one time zone and no summer time. */
const CHINA_MS = 8 * 3600_000;

const isWorkingDay = (day: number): boolean => ![0, 6].includes(new Date(day * DAY_MS).getUTCDay());

/** Returns 24:00 in China of the working day that is `count` working days behind the day of `from`. */
export function endOfWorkingDay(from: Date, count: number): Date {
  let day = Math.floor((from.getTime() + CHINA_MS) / DAY_MS);
  for (let left = count; left > 0; ) {
    day++;
    if (isWorkingDay(day)) left--;
  }
  return new Date((day + 1) * DAY_MS - CHINA_MS);
}
