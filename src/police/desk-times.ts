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

/** The day in China, "2026-11-23". */
export const dayOf = (at: Date): string => stampTime(at).slice(0, 10);
