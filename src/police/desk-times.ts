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

/** "2026-11-23T14:05", as a field for date and time has it. */
export const formTime = (at: Date): string => stampTime(at).slice(0, 16).replace(" ", "T");

/** The time that such a field gives; null: it is none. */
export function timeOfForm(text: string): Date | null {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) ? new Date(`${text}:00+08:00`) : new Date(Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}
