import type { Accident, Letter } from "./accident.ts";
import { serialise } from "./agreement.ts";
import { type DeterminationContent, type DeterminationDraft, determinationOf } from "./determination.ts";
import type { Officer } from "./officer.ts";
import { addWorkingDays, REVIEW_DAYS, type WorkingCalendar } from "./working-days.ts";

type Named = Record<"zh" | "en", string>;

/** A letter as it is printed. */
export interface LetterSheet {
  content: DeterminationContent;
  /** null: not named */
  insurerNames: Record<Letter, Named | null>;
  /** PNG of the authority's seal */
  seal: Buffer | null;
  reviewer: string | null;
  /** keyed digest (HMAC-SHA-256) of the content */
  digest: string;
}

/** What a sheet needs of a running process. */
interface Wiring {
  config: {
    rules: { calendar: WorkingCalendar };
    insurers: readonly (Named & { code: string })[];
    police: { authority: { name: string; code: string; reviewer: string | null; seal: Buffer | null } };
  };
  vault: { digest(key: Uint8Array, text: string): string };
}

/** Whose letter it is, under which number, at what time. */
export interface Issue {
  draft: DeterminationDraft;
  officer: Pick<Officer, "name" | "number">;
  letterNumber: string;
  /** number of the letter that this one takes the place of */
  replaces: string | null;
  at: Date;
}

/** Makes the sheet, or null while the case lacks anything that has to be recorded (Order 146 art. 24). */
export function letterSheet({ config, vault }: Wiring, accident: Accident, issue: Issue): LetterSheet | null {
  const { draft, officer, letterNumber, replaces, at } = issue;
  const { name, code, reviewer, seal } = config.police.authority;
  const content = determinationOf(accident, draft, {
    authority: { name, code },
    officer: { name: officer.name, number: officer.number },
    reviewLastDay: addWorkingDays(at, REVIEW_DAYS, config.rules.calendar).until,
    ...{ letterNumber, replaces, issuedAt: at },
  });
  if (!content) return null;
  const nameOf = (letter: Letter) => insurerName(config.insurers, content.parties[letter]);
  const digest = vault.digest(accident.key, serialise(content));
  return { content, insurerNames: { A: nameOf("A"), B: nameOf("B") }, seal, reviewer, digest };
}

/**
 * Returns the keyed digest of what an officer has looked at before the issue: all that is printed but number
 * and times, and the reason for which an earlier letter is withdrawn ("": none is).
 */
export function seenDigest(
  { vault }: Pick<Wiring, "vault">,
  { key }: Pick<Accident, "key">,
  { content, reason }: { content: DeterminationContent; reason: string },
): string {
  const printed = { ...content, letterNumber: "", issuedAt: null, reviewLastDay: null };
  return vault.digest(key, serialise([printed, reason]));
}

/** An insurer's name in both languages; one that a driver typed stands in both; null: not named. */
export function insurerName(
  insurers: readonly (Named & { code: string })[],
  party: { insurerCode: string; insurerName: string | null },
): Named | null {
  const known = insurers.find(({ code }) => code === party.insurerCode);
  if (known) return { zh: known.zh, en: known.en };
  const typed = party.insurerName;
  return typed ? { zh: typed, en: typed } : null;
}
