import { Conflict } from "../errors.ts";
import type { Accident } from "./accident.ts";
import { serialise } from "./agreement.ts";
import { type Determination, determinationOf, picturesOf, requireIssuable } from "./determination.ts";

/**
 * Throws Invalid for a letter that must not be issued, and Conflict "text-changed" where the case is no
 * longer what the letter says, or the letter does not name the one whose place it takes.
 */
export function requireSound(accident: Accident, { content, replaces }: Determination, before: string | null): void {
  const { A, B } = content.parties;
  const evidence = content.evidence.map(({ number }) => number);
  const draft = { ...content, evidence, degrees: { A: A.degree, B: B.degree } };
  requireIssuable(draft, picturesOf(accident));
  const { authority, letterNumber, officer, issuedAt, reviewLastDay } = content;
  const frame = { authority, letterNumber, officer, issuedAt, reviewLastDay, replaces: before };
  const isAsWritten = serialise(determinationOf(accident, draft, frame)) === serialise(content);
  if (!isAsWritten || replaces !== before) throw new Conflict("text-changed");
}
