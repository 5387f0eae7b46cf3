const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour12: false, ...options });

const MINUTES = format({ hour: "2-digit", minute: "2-digit" });
const SECONDS = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Formats as "09:41" in Shanghai's time. */
export const clockTime = (at: number | string): string => MINUTES.format(new Date(at));

/** Formats as "09:41:07". */
export const exactTime = (at: number | string): string => SECONDS.format(new Date(at));

/** Formats as "12 秒 s", "4 分 min", "2 小时 h". */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} 秒 s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} 分 min` : `${Math.round(seconds / 3600)} 小时 h`;
}
