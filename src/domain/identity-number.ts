import type { IdKind } from "./id-kind.ts";

/**
 * Why a number is refused; each has its own sentence on the page. `form`: not as numbers of that kind are;
 * `file-number`: 档案编号 instead of 证号.
 */
export type IdFault = "form" | "file-number" | "date" | "checksum";

export type CheckedId = { number: string; fault: null } | { number: null; fault: IdFault };

const MAX_TYPED = 40;
/** GB 11643: weights of the first 17 digits, then the check characters by remainder modulo 11 */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = "10X98765432";
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Numbers of 18 characters by their first digits: 81 to 83 residence permits, 9 foreign permanent residents.
 */
const PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71)";
const REST = "[0-9]{15}[0-9X]";
const CITIZEN = new RegExp(`^${PROVINCE}${REST}$`);
const RESIDENT = /^8[1-3]0000[0-9]{11}[0-9X]$/;
const PERMANENT = /^9[0-9]{16}[0-9X]$/;
/** 15 digits, issued until 1999: the year has two digits, nothing checks it */
const OLD_CITIZEN = new RegExp(`^${PROVINCE}[0-9]{13}$`);
/** until 2023: country, place, birth as YYMMDD, order, check digit */
const OLD_PERMANENT = /^[A-Z]{3}[0-9]{12}$/;
/** the last two digits count the cards that were issued */
const HONG_KONG_MACAO = /^[HM][0-9]{8}(?:[0-9]{2})?$/;
const TAIWAN = /^[0-9]{8}(?:[0-9]{2}[A-Z]?)?$/;
/** ICAO 9303: nine characters at most */
const PASSPORT = /^(?=.*[0-9])[A-Z0-9]{6,9}$/;
const FILE_NUMBER = /^[0-9]{12}$/;

/**
 * Formats of each kind's numbers. A driving licence has the number of the document that it was issued on
 * (公安部令第162号); of numbers with digits only, those with a date of birth are accepted.
 */
const FORMS: Record<IdKind, readonly RegExp[]> = {
  licence: [
    CITIZEN,
    RESIDENT,
    PERMANENT,
    OLD_CITIZEN,
    OLD_PERMANENT,
    HONG_KONG_MACAO,
    /^[0-9]{10}[A-Z]$/,
    /^(?=.*[0-9])(?=.*[A-Z])[A-Z0-9]{6,9}$/,
  ],
  "id-card": [CITIZEN],
  "residence-permit": [RESIDENT],
  "permanent-residence": [PERMANENT, OLD_PERMANENT],
  "hk-macao-permit": [HONG_KONG_MACAO],
  "taiwan-permit": [TAIWAN],
  passport: [PASSPORT],
};

/**
 * Characters typed for others, replaced only where no letter is possible; full-width ones are folded by NFKC.
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = { O: "0", О: "0", I: "1", L: "1", "|": "1", Х: "X", "×": "X" };
const folded = (text: string) => text.replace(/[OОIL|Х×]/g, (sign) => LOOK_ALIKES[sign] ?? sign);

/**
 * Returns the document's number as stored (upper case, half width, no spaces or brackets, look-alikes as
 * digits), or its fault.
 */
export function checkIdNumber(kind: IdKind, typed: string): CheckedId {
  if (typed.length > MAX_TYPED) return { number: null, fault: "form" };
  const plain = typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s()·.\p{Dash}\p{Cf}]/gu, "");
  const number = FORMS[kind].some((form) => form.test(plain)) ? plain : asDigits(plain);
  if (kind === "licence" && FILE_NUMBER.test(number)) return { number: null, fault: "file-number" };
  if (!FORMS[kind].some((form) => form.test(number))) return { number: null, fault: "form" };
  const birth = birthIn(number);
  const fault = birth && !isDay(...birth) ? "date" : checksumFault(number);
  return fault ? { number: null, fault } : { number, fault: null };
}

/** Replaces look-alikes by digits, except in a permit's first letter and a country's three. */
function asDigits(text: string): string {
  const [, letters = "", rest = ""] = /^([HM](?=.{8}(?:.{2})?$)|[A-Z]{3}(?=.{12}$))?(.*)$/s.exec(text) ?? [];
  return letters + folded(rest);
}

const YOUNGEST = 18;
const OLDEST = 100;

/** Returns the date of birth in a number as [year, month, day]; null: it has none. */
function birthIn(number: string): [number, number, number] | null {
  const at = (from: number, to: number) => Number(number.slice(from, to));
  if (/^[0-9]{17}[0-9X]$/.test(number)) return [at(6, 10), at(10, 12), at(12, 14)];
  if (/^[0-9]{15}$/.test(number)) return [1900 + at(6, 8), at(8, 10), at(10, 12)];
  return null;
}

/**
 * Tells whether the date of birth in a number is a driver's: 18 years (公安部令第162号第十四条) to 100 ago,
 * beyond which a digit is wrong. A number without one passes.
 */
export function isDriversAge(number: string, now: Date): boolean {
  const birth = birthIn(number);
  if (!birth) return true;
  const [year, month, day] = birth;
  const inChina = new Date(now.getTime() + 8 * 3600_000);
  const hadBirthday = (inChina.getUTCMonth() + 1) * 100 + inChina.getUTCDate() >= month * 100 + day;
  const age = inChina.getUTCFullYear() - year - (hadBirthday ? 0 : 1);
  return age >= YOUNGEST && age <= OLDEST;
}

function checksumFault(number: string): IdFault | null {
  if (!/^[0-9]{17}[0-9X]$/.test(number)) return null;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return CHECKS[sum % 11] === number[17] ? null : "checksum";
}

/** True for a day of the calendar: 1900-02-29 is none. */
export function isDay(year: number, month: number, day: number): boolean {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  return year >= 1850 && year < 2100 && day >= 1 && day <= days;
}
