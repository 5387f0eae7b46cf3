import type { Letter } from "../domain/accident.ts";
import type { DeterminationContent } from "../domain/determination.ts";
import type { Bilingual } from "./bilingual.ts";

/** A determination letter with all that is printed on it. */
export interface DeterminationInput {
  content: DeterminationContent;
  /** null: not named */
  insurerNames: Record<Letter, Bilingual | null>;
  /** PNG of the authority's seal; null: a place for it is drawn */
  seal: Buffer | null;
  /** whom a review is asked of; null: named by its level */
  reviewer: string | null;
  /** keyed digest (HMAC-SHA-256) of the content */
  digest: string;
}
