const shanghai = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** "2026-11-23 14:05:09", China's time; "" where there is none. */
export const stampTime = (at: Date | null): string => (at ? shanghai.format(at) : "");
