import type { Language } from "../domain/accident.ts";

/** Drivers, officers and insurers all live by the same clock. */
const timeZone = "Asia/Shanghai";
const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day: Record<Language, Intl.DateTimeFormat> = {
  zh: new Intl.DateTimeFormat("zh-CN", { timeZone, month: "long", day: "numeric" }),
  en: new Intl.DateTimeFormat("en-GB", { timeZone, month: "short", day: "numeric" }),
};

const isoDay = new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });

/** YYYY-MM-DD */
export const today = (now: Date): string => isoDay.format(now);

/** "14:05" when it is today's, else "11月23日 14:05", in another year "2025年11月23日 14:05". */
export const timeText = (at: Date, now: Date, language: Language): string =>
  today(at) === today(now) ? clock.format(at) : dayTimeText(at, now, language);

/** "11月23日 14:05", in another year "2025年11月23日 14:05" */
export function dayTimeText(at: Date, now: Date, language: Language): string {
  const isOfThisYear = today(at).slice(0, 4) === today(now).slice(0, 4);
  return isOfThisYear ? `${day[language].format(at)} ${clock.format(at)}` : yearTimeText(at, language);
}

const wholeDay: Record<Language, Intl.DateTimeFormat> = {
  zh: new Intl.DateTimeFormat("zh-CN", { timeZone, year: "numeric", month: "long", day: "numeric" }),
  en: new Intl.DateTimeFormat("en-GB", { timeZone, year: "numeric", month: "short", day: "numeric" }),
};

/** "2026年11月23日", for the last day of a time */
export const wholeDayText = (at: Date, language: Language): string => wholeDay[language].format(at);

/** "2026年11月23日 14:05", for what is signed */
export const yearTimeText = (at: Date, language: Language): string =>
  `${wholeDay[language].format(at)} ${clock.format(at)}`;

/** "2026-11-23T14:05", as an input of a browser has it */
export const inputTime = (at: Date): string => `${today(at)}T${clock.format(at)}`;

const TYPED = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?$/;

/** The time that was typed, by the clock of Shanghai (UTC+8 all year); null for what is none. */
export function timeOfInput(text: string): Date | null {
  const [, date, time] = TYPED.exec(text.trim()) ?? [];
  const at = new Date(`${date}T${time}:00+08:00`);
  return Number.isNaN(at.getTime()) || inputTime(at) !== `${date}T${time}` ? null : at;
}

/** "2026-11-23 14:05", for what leaves our pages */
export const stampText = (at: Date): string => `${today(at)} ${clock.format(at)}`;

export const minutesBetween = (from: Date, to: Date): number =>
  Math.max(0, Math.floor((to.getTime() - from.getTime()) / 60_000));
