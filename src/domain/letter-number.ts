import { dayInChina } from "./working-days.ts";

/** Why a number that was taken stands on no letter. */
export const VOID_REASONS = ["not-issued", "refused", "failed"] as const;
export type VoidReason = (typeof VOID_REASONS)[number];

/**
 * A number of a determination letter: taken for one case before the letter is made, used once, by authority
 * and year without gaps. One that came to stand on no letter stays in the list, with the reason: nothing was
 * issued in time, the case did not allow it any more, or the letter could not be made or stored.
 */
export interface LetterNumber {
  number: string;
  /** code of the authority */
  authority: string;
  year: number;
  /** from 1 */
  seq: number;
  state: "taken" | "issued" | "void";
  accidentId: string;
  /** id of the officer's account */
  by: string;
  takenAt: Date;
  issuedAt: Date | null;
  voided: { at: Date; reason: VoidReason } | null;
}

/** The authority's code, the year in China, six digits. */
export const letterNumber = (authority: string, year: number, seq: number): string =>
  `${authority}${year}${String(seq).padStart(6, "0")}`;

export const yearInChina = (at: Date): number => Number(dayInChina(at).slice(0, 4));

/** A number that is not on a letter by then is void: a letter is made within seconds. */
export const LONGEST_TAKEN_MS = 3600_000;
