/** Years for which a settled case is kept: the limitation of an insurance claim is two years (Insurance Law art. 26), one more for what follows from it. The privacy notice says so. */
export const KEPT_YEARS = 3;

/** Share of all that a day may erase: eleven times what three years leave for each day, so that only a fault reaches it. */
const SHARE_A_DAY = 0.01;
const LEAST_A_DAY = 10;

/** How many of so many cases and people one day may erase without an operator's word. */
export const mostADay = ({ cases, people }: { cases: number; people: number }) => {
  const share = (all: number) => Math.max(LEAST_A_DAY, Math.ceil(all * SHARE_A_DAY));
  return { cases: share(cases), people: share(people) };
};

/** How long ago a case ended that has had its time, in milliseconds; calendar years, so that a leap day makes nobody older. */
export function keptMs(now: Date): number {
  const before = new Date(now);
  before.setUTCFullYear(before.getUTCFullYear() - KEPT_YEARS);
  return now.getTime() - before.getTime();
}
