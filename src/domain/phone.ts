const MOBILE = /^1[3-9][0-9]{9}$/;
const MAX_TYPED = 40;

/**
 * Returns a mainland mobile number as eleven digits, without country prefix and separators; null for anything
 * else.
 */
export function checkPhone(typed: string): string | null {
  if (typed.length > MAX_TYPED) return null;
  const digits = typed
    .normalize("NFKC")
    .replace(/[\s().\u2010-\u2015-]/g, "")
    .replace(/^(\+|00)86/, "");
  return MOBILE.test(digits) ? digits : null;
}
