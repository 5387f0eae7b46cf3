import type { Language } from "../domain/accident.ts";
import type { CaseOfPerson } from "../domain/case-of-person.ts";

export interface PersonDocument {
  _id: string;
  sealedOpenid: unknown;
  language: Language;
  /** absent: the language is the account's, not the person's choice (of an older version) */
  choseLanguage?: true;
  sealedDetails?: unknown;
  /** the hour of the last visit */
  seenAt: Date;
  /** when the person asked for early erasure */
  erasureAskedAt?: Date;
  unsaid?: unknown[];
  windows?: Partial<Record<string, SayWindow>>;
  consents?: Record<string, NoticeConsent>;
  /** absent in one that was just made */
  cases?: CaseOfPerson[];
  /** sessions that began before are void */
  sessionsFrom?: Date;
}

/** How many messages may still be sent, and until when. */
export interface SayWindow {
  left: number;
  until: Date;
}

/** A person's answers on one subscription notice: each yes allows one message. */
export interface NoticeConsent {
  left: number;
  status: "accept" | "reject";
}
