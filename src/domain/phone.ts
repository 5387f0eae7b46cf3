const MOBILE = /^1[3-9][0-9]{9}$/;
const MAX_TYPED = 40;

/** A mobile number of the mainland, eleven digits, the country's prefix and all separators taken off; null: it is none. */
export function checkPhone(typed: string): string | null {
  if (typed.length > MAX_TYPED) return null;
  const digits = typed
    .normalize("NFKC")
    .replace(/[\s().\u2010-\u2015-]/g, "")
    .replace(/^(\+|00)86/, "");
  return MOBILE.test(digits) ? digits : null;
}
