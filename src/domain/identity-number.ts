import type { IdKind } from "./accident.ts";

/** Why a number is refused; each has its own sentence on the page. */
export type IdFault = "length" | "characters" | "area" | "date" | "checksum";

/**
 * Advice for a driver although the number is accepted. A passport holder needs a Chinese or temporary
 * licence: a foreign or international one is not valid (Order 146 art. 13(1)(1)). A licence whose number is
 * no identity number belongs to a holder of other papers.
 */
export type IdHint = "chinese-licence-needed" | "other-papers";

export type CheckedId = { number: string; fault: null; hint: IdHint | null } | { number: null; fault: IdFault };

const MAX_TYPED = 40;
const CITIZEN = /^[0-9]{17}[0-9X]$/;
const OTHER_PAPERS = /^[A-Z0-9]{6,20}$/;
const PASSPORT = /^[A-Z0-9]{5,15}$/;
/** GB 11643: weights of the first 17 digits, then the check characters by remainder modulo 11 */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = "10X98765432";
/**
 * provinces, Taiwan, Hong Kong, Macau and their residence permits (8x), permanent residents from abroad (9x)
 */
const AREA = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[0-9])/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Returns the document's number as stored (upper case, half width, without spaces), or its fault. A driving
 * licence has its holder's identity number (公安部令第162号).
 */
export function checkIdNumber(kind: IdKind, typed: string): CheckedId {
  if (typed.length > MAX_TYPED) return { number: null, fault: "length" };
  const number = typed.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "");
  if (kind === "passport") return otherPaper(number, PASSPORT, "chinese-licence-needed");
  if (kind === "licence" && number.length !== 18) return otherPaper(number, OTHER_PAPERS, "other-papers");
  const fault = citizenFault(number);
  return fault ? { number: null, fault } : { number, fault: null, hint: null };
}

function otherPaper(number: string, pattern: RegExp, hint: IdHint): CheckedId {
  if (!/^[A-Z0-9]*$/.test(number)) return { number: null, fault: "characters" };
  return pattern.test(number) ? { number, fault: null, hint } : { number: null, fault: "length" };
}

function citizenFault(number: string): IdFault | null {
  if (number.length !== 18) return "length";
  if (!CITIZEN.test(number)) return "characters";
  if (!AREA.test(number)) return "area";
  if (!isDay(Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14)))) return "date";
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return CHECKS[sum % 11] === number[17] ? null : "checksum";
}

/** True for a day of the calendar: 1900-02-29 is none. */
export function isDay(year: number, month: number, day: number): boolean {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  return year >= 1850 && year < 2100 && day >= 1 && day <= days;
}
