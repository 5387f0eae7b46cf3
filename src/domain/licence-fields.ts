import { checkIdNumber, isDay } from "./identity-number.ts";
import {
  isOfUse,
  LICENCE_FIELDS,
  type LicenceField,
  type LicenceKind,
  type LicenceReading,
  type ReadField,
} from "./licence.ts";
import { checkPlate, normalisePlate, plateKind } from "./plate.ts";
import { checkVin } from "./vin.ts";

/** Turns a recognised text into a field's value. */
type Check = (text: string, confident: boolean) => ReadField | null;

/**
 * Returns the value of a field, or null for an impossible one. A field with a check digit or a strict form is
 * sure by itself, the rest when the reader was (`confident`).
 */
export function licenceField(field: LicenceField, text: string, confident: boolean): ReadField | null {
  const plain = text
    .normalize("NFKC")
    .replace(/^[\s:.,;·、。-]+|[\s:,;·、。-]+$/g, "")
    .replace(/\s+/g, " ");
  return plain === "" || plain.length > MAX_READ ? null : CHECKS[field](plain, confident);
}

/**
 * Checks another reader's fields as our own are checked; that reader does not report its certainty. Null:
 * nothing of use.
 */
export function readingOf(
  kind: LicenceKind,
  texts: Partial<Readonly<Record<LicenceField, string>>>,
): LicenceReading | null {
  const fields: LicenceReading["fields"] = {};
  for (const field of LICENCE_FIELDS[kind]) {
    const read = licenceField(field, texts[field] ?? "", false);
    if (read) fields[field] = read;
  }
  const reading = { kind, fields };
  return isOfUse(reading) ? reading : null;
}

const MAX_READ = 80;
const HAN_NAME = /^[\p{Script=Han}·]{2,40}$/u;
const LATIN_NAME = /^[A-Z][A-Z .'-]{2,48}[A-Z]$/;
const CLASSES = /^(A[123]|B[12]|C[1-6]|[DEFMNP])+$/;
const USES = (
  "非营运 营运 公路客运 公交客运 出租客运 旅游客运 预约出租客运 货运 租赁 教练 警用 消防 救护 工程救险 营转非 出租转非 " +
  "危险化学品运输 危化品运输 幼儿校车 小学生校车 中小学生校车 初中生校车 预约出租转非"
).split(" ");

/** I and O are in no plate, no VIN and no number; Q is in some plates. */
const withoutLookAlikes = (text: string) => text.replaceAll("I", "1").replaceAll("O", "0");
const compact = (text: string) => text.toUpperCase().replace(/[^A-Z0-9*]/g, "");

/** A number of 18 characters whose check digit fits; whose paper it is does not matter. */
export const hasCheckDigit = (text: string): boolean =>
  /^[0-9]{17}[0-9X]$/.test(text) && checkIdNumber("licence", text).fault === null;

const number: Check = (text) => {
  const read = compact(text);
  // the police app shows most of its digits as stars
  if (read.includes("*")) return null;
  const digits = withoutLookAlikes(read.slice(0, 17)).replaceAll("B", "8").replaceAll("S", "5") + read.slice(17);
  if (hasCheckDigit(digits)) return { value: digits, sure: true };
  const isOther = checkIdNumber("licence", read).fault === null && /\d{4}/.test(read);
  if (isOther) return { value: read, sure: false };
  return /^\d{15,19}[\dX]?$/.test(read) ? { value: read, sure: false } : null;
};

const name: Check = (text, confident) => {
  const han = text.replaceAll(" ", "").replace(/[.•・‧]/g, "·");
  if (HAN_NAME.test(han)) return { value: han, sure: confident };
  const latin = text.toUpperCase().replaceAll(",", " ").replace(/\s+/g, " ").trim();
  return LATIN_NAME.test(latin) ? { value: latin, sure: confident } : null;
};

const PROVINCE_LOOK_ALIKES: Record<string, string> = { 泸: "沪", 护: "沪", 翼: "冀", 淅: "浙", 晥: "皖" };

const plate: Check = (text, confident) => {
  const [head = "", ...rest] = normalisePlate(text);
  const value = (PROVINCE_LOOK_ALIKES[head] ?? head) + withoutLookAlikes(rest.join(""));
  if (plateKind(value)) return { value, sure: confident };
  return /^[\p{Script=Han}][A-Z]/u.test(value) && checkPlate(value) ? { value, sure: false } : null;
};

const vin: Check = (text) => {
  const checked = checkVin(withoutLookAlikes(compact(text)).replaceAll("Q", "0"));
  return checked && { value: checked.vin, sure: checked.warning === null };
};

/** Reads YYYY-MM-DD with or without separators. */
const day: Check = (text, confident) => {
  const digits = text.replaceAll("O", "0").replace(/[\s年月日./-]/g, "");
  const [, y = "", m = "", d = ""] = /^(\d{4})(\d{2})(\d{2})$/.exec(digits) ?? [];
  return isDay(Number(y), Number(m), Number(d)) ? { value: `${y}-${m}-${d}`, sure: confident } : null;
};

const lastDay: Check = (text, confident) =>
  /长期/.test(text) ? { value: "长期", sure: confident } : day(text.replace(/^至/, ""), confident);

const matching =
  (pattern: RegExp, tidy = (text: string) => text.replaceAll(" ", "")): Check =>
  (text, confident) =>
    pattern.test(tidy(text)) ? { value: tidy(text), sure: confident } : null;

const CHECKS: Record<LicenceField, Check> = {
  number,
  name,
  sex: matching(/^[男女]$/),
  nationality: matching(/^\p{Script=Han}{2,12}$/u),
  bornOn: day,
  firstIssuedOn: day,
  carClass: matching(CLASSES, (text) => compact(text).replace(/I/g, "1").replace(/Z/g, "2")),
  validFrom: day,
  validTo: lastDay,
  plate,
  vehicleType: matching(/^[\p{Script=Han}()]{1,18}[车机]$/u),
  owner: matching(/^[\p{L}\p{M}0-9()·.' -]{2,60}$/u, (text) => text.trim()),
  useCharacter: (text, confident) => {
    const use = USES.find((known) => known === text.replaceAll(" ", ""));
    return use ? { value: use, sure: confident } : null;
  },
  model: matching(/^[\p{L}0-9()./-]{2,50}$/u),
  vin,
  engineNumber: matching(/^[A-Z0-9*()-]{4,24}$/, (text) => text.toUpperCase().replaceAll(" ", "")),
  registeredOn: day,
  issuedOn: day,
};
