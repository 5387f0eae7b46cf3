import { Invalid } from "../errors.ts";
import type { Letter, NewEvent } from "./accident.ts";
import { type DeterminedDegree, isDegreePair } from "./determination.ts";
import type { Desk } from "./dispute-act.ts";

/** Number and result of a letter that was written on the spot, as an officer enters them. */
export interface SpotEntry {
  by: Desk;
  number: string;
  degrees: Record<Letter, DeterminedDegree>;
}

/** Throws Invalid "impossible-degrees". */
export function requireSpotPair({ degrees }: SpotEntry): void {
  if (!isDegreePair(degrees.A, degrees.B)) throw new Invalid("impossible-degrees", { field: "degrees" });
}

/** `digest`: of the number, which stands in no event. */
export const spotEvent = (
  type: "spot-letter-entered" | "spot-letter-corrected",
  { by, degrees }: SpotEntry,
  digest: string,
): NewEvent => ({ type, by: `officer:${by.officerId}`, data: { digest, A: degrees.A, B: degrees.B } });
