import { parsePhoneNumberFromString } from "libphonenumber-js/max";

const MAINLAND_MOBILE = /^1[3-9][0-9]{9}$/;
const MAX_TYPED = 60;

/**
 * Returns a mainland mobile number as eleven digits, any other valid number in E.164 (+85291234567); null for
 * anything else. A number without plus or 00 is a mainland one.
 */
export function checkPhone(typed: string): string | null {
  if (typed.length > MAX_TYPED) return null;
  const plain = typed
    .normalize("NFKC")
    // the phone's address book puts its numbers between marks of direction
    .replace(/[\s().\p{Dash}\p{Cf}]/gu, "")
    .replace(/^00/, "+");
  const national = plain.replace(/^\+?86(?=1[3-9][0-9]{9}$)/, "");
  if (MAINLAND_MOBILE.test(national)) return national;
  if (!/^\+[1-9][0-9]{6,14}$/.test(plain)) return null;
  const foreign = parsePhoneNumberFromString(plain);
  return foreign?.isValid() && foreign.countryCallingCode !== "86" ? foreign.number : null;
}
