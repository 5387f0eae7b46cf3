const VIN = /^[0-9A-HJ-NPR-Z]{17}$/;
const MAX_TYPED = 40;
/** GB 16735: values of the letters, without I, O, Q */
const VALUES: Record<string, number> = Object.fromEntries(
  ["0123456789", "_ABCDEFGH", "_JKLMN_P_R", "__STUVWXYZ"].flatMap((row) =>
    [...row].map((char, value) => [char, value]),
  ),
);
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/**
 * Checks a 车辆识别代号, 17 characters; null: it cannot be one. A wrong check digit only warns: some imported
 * cars do not follow it.
 */
export function checkVin(typed: string): { vin: string; warning: "check-digit" | null } | null {
  if (typed.length > MAX_TYPED) return null;
  const vin = typed.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "");
  if (!VIN.test(vin)) return null;
  const sum = [...vin].reduce((total, char, at) => total + (VALUES[char] ?? 0) * (WEIGHTS[at] ?? 0), 0);
  return { vin, warning: vin[8] === "0123456789X"[sum % 11] ? null : "check-digit" };
}
