import type { Bilingual } from "./bilingual.ts";

/** China has had one time zone without summer time since 1991. */
const OFFSET_MS = 8 * 3_600_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The day alone: 2026年11月23日 and 23 Nov 2026. */
export function shanghaiDay(at: Date): Bilingual {
  const { zh, en } = shanghaiTime(at);
  return { zh: zh.slice(0, zh.indexOf(" ")), en: en.slice(0, en.indexOf(",")) };
}

/**
 * Formats as 2026年11月23日 20:04 and 23 Nov 2026, 20:04 (UTC+8); with seconds where the order of signing may
 * matter.
 */
export function shanghaiTime(at: Date, precision: "minutes" | "seconds" = "minutes"): Bilingual {
  const iso = new Date(at.getTime() + OFFSET_MS).toISOString();
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number) as [number, number, number];
  const time = iso.slice(11, precision === "seconds" ? 19 : 16);
  return {
    zh: `${year}年${month}月${day}日 ${time}`,
    en: `${day} ${MONTHS[month - 1]} ${year}, ${time} (UTC+8)`,
  };
}
