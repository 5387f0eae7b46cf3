import { Invalid } from "../errors.ts";
import { type Accident, LETTERS, type Letter, type Weather } from "./accident.ts";
import { type AgreementParty, agreedDetails } from "./agreement.ts";
import type { ClaimDegree } from "./claim-message.ts";
import { isStored, type PhotoSlot } from "./photo.ts";

/**
 * The determination letter 道路交通事故认定书（简易程序）: one officer's act (Order 146 arts. 24, 60). What the
 * officer writes is a draft; with the case's data it becomes the content that is printed; the record that is
 * stored adds who issued it, the files and its service on both parties.
 */

/** Degrees that an officer may determine (art. 60). */
export type DeterminedDegree = ClaimDegree;

/** The pairs that two parties can bear, in either order; none–none is a pure accident. */
export const DEGREE_PAIRS: readonly (readonly [DeterminedDegree, DeterminedDegree])[] = [
  ["full", "none"],
  ["primary", "secondary"],
  ["equal", "equal"],
  ["none", "none"],
];

export const isDegreePair = (a: DeterminedDegree, b: DeterminedDegree): boolean =>
  DEGREE_PAIRS.some(([x, y]) => (x === a && y === b) || (x === b && y === a));

/** What the officer writes. */
export interface DeterminationDraft {
  facts: string;
  causes: string;
  /** articles of law, as printed: 《…》第…条 */
  articles: string[];
  /** numbers of the pictures that the letter rests on, as `picturesOf` counts them */
  evidence: number[];
  degrees: Record<Letter, DeterminedDegree>;
}

/** A stored photograph of a case under the number by which file and letter name it. */
export interface EvidencePicture {
  /** from 1 */
  number: number;
  photoId: string;
  slot: PhotoSlot;
  by: Letter;
  /** of the original as received */
  sha256: string;
}

/** Numbers the stored photographs of a case in the order in which they came to stand in it. */
export const picturesOf = ({ photos }: Pick<Accident, "photos">): EvidencePicture[] =>
  photos.filter(isStored).map(({ id, slot, by, sha256 }, at) => ({ number: at + 1, photoId: id, slot, by, sha256 }));

/** One party as art. 24 wants it recorded, with the degree that it bears. */
export interface DeterminationParty extends Omit<AgreementParty, "act" | "degree" | "note"> {
  degree: DeterminedDegree;
}

/** All that is printed on the letter; the templates supply the words. */
export interface DeterminationContent {
  authority: { name: string; code: string };
  letterNumber: string;
  caseNumber: string;
  occurredAt: Date;
  address: string;
  weather: Weather;
  /** a driver's word; left out where the weather has one of ours */
  weatherWord?: string;
  parties: Record<Letter, DeterminationParty>;
  facts: string;
  causes: string;
  articles: string[];
  evidence: EvidencePicture[];
  officer: { name: string; number: string };
  issuedAt: Date;
  /** last day, until 24:00 in China, to ask for a review where the letter is served at its issue (art. 71) */
  reviewLastDay: Date;
  /** number of the letter that this one takes the place of; null: none */
  replaces: string | null;
}

/** How a letter came to its party: opened on the phone, or by the account's message. */
export const SERVICES = ["opened", "by-message"] as const;
export type Service = (typeof SERVICES)[number];

/**
 * An issued letter. It is never changed: a wrong one is withdrawn and another takes its place; both stay.
 */
export interface Determination {
  number: string;
  content: DeterminationContent;
  /** id of the officer's account */
  by: string;
  issuedAt: Date;
  pdfSha256: string;
  /** one for each page */
  pngSha256: string[];
  /** number of the letter that this one takes the place of */
  replaces: string | null;
  /** by a supervisor (`by`: account id) with a reason */
  withdrawn: { at: Date; by: string; reason: string } | null;
  served: Record<Letter, { at: Date; how: Service } | null>;
  /** when the time for its service ran out, before each party had answered it (art. 65) */
  serviceLateAt?: Date;
  /** what each party said to the letter once it had opened it; null: nothing yet */
  receipts: Record<Letter, Receipt | null>;
  /** requests for a review, each as an officer noted it (art. 71) */
  reviews: Review[];
}

/** A party's request for a review, on paper, to the higher authority. */
export interface Review {
  by: Letter;
  /** when an officer noted it */
  at: Date;
  /** the day in China on which the party filed it, YYYY-MM-DD; absent: the day of the note counts */
  filedOn?: string;
}

/** A party's receipt: signed for, or refused, which the letter notes (art. 24). */
export interface Receipt {
  at: Date;
  how: "signed" | "refused";
  /** separate consent to forward the claim to the insurers (PIPL art. 23) */
  forwarding: boolean;
  /** when that consent was withdrawn (PIPL art. 15) */
  forwardingWithdrawnAt?: Date;
  /** the drawn signature (PNG) in the blob store; null: refused */
  imageSha256: string | null;
}

/** The letter that holds; undefined: none was issued, or the last one was withdrawn. */
export const standingLetter = (letters: readonly Determination[]): Determination | undefined =>
  letters.findLast(({ withdrawn }) => withdrawn === null);

export const isServed = ({ served }: Pick<Determination, "served">): boolean =>
  LETTERS.every((letter) => served[letter] !== null);

export const SHORTEST_TEXT = 10;
/** What the renderer prints of one text (documents/clean-text.ts). */
export const LONGEST_TEXT = 1000;
export const MOST_ARTICLES = 12;

export const DETERMINATION_FAULTS = [
  "facts-short",
  "facts-long",
  "causes-short",
  "causes-long",
  "no-article",
  "too-many-articles",
  "article-form",
  "no-evidence",
  "unknown-picture",
  "impossible-degrees",
] as const;
export type DeterminationFault = (typeof DETERMINATION_FAULTS)[number];
export type DraftFaults = Partial<Record<keyof DeterminationDraft, DeterminationFault>>;

/** Says what is wrong with a draft, by its field; nothing: it may be issued. */
export function draftFaults(draft: DeterminationDraft, pictures: readonly EvidencePicture[]): DraftFaults {
  const faults: Record<keyof DeterminationDraft, DeterminationFault | null> = {
    facts: lengthFault("facts", draft.facts),
    causes: lengthFault("causes", draft.causes),
    articles: articlesFault(draft.articles),
    evidence: evidenceFault(draft.evidence, pictures),
    degrees: isDegreePair(draft.degrees.A, draft.degrees.B) ? null : "impossible-degrees",
  };
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault !== null));
}

/** Throws Invalid with the first fault of a draft as its code, and its field. */
export function requireIssuable(draft: DeterminationDraft, pictures: readonly EvidencePicture[]): void {
  const [first] = Object.entries(draftFaults(draft, pictures));
  if (first) throw new Invalid(first[1], { field: first[0] });
}

function lengthFault(field: "facts" | "causes", text: string): DeterminationFault | null {
  const { length } = [...text.trim()];
  if (length < SHORTEST_TEXT) return `${field}-short`;
  return length > LONGEST_TEXT ? `${field}-long` : null;
}

const ARTICLE = /^《[^《》]{2,60}》\S.{1,60}$/u;

function articlesFault(articles: string[]): DeterminationFault | null {
  if (articles.length === 0) return "no-article";
  if (articles.length > MOST_ARTICLES) return "too-many-articles";
  return articles.every((article) => ARTICLE.test(article)) ? null : "article-form";
}

function evidenceFault(numbers: number[], pictures: readonly EvidencePicture[]): DeterminationFault | null {
  if (numbers.length === 0) return "no-evidence";
  return numbers.every((one) => pictures.some(({ number }) => number === one)) ? null : "unknown-picture";
}

/** What a letter has besides the draft and the case. */
export type DeterminationFrame = Pick<
  DeterminationContent,
  "authority" | "letterNumber" | "officer" | "issuedAt" | "reviewLastDay" | "replaces"
>;

/** Returns the letter's content, or null while the case lacks anything that art. 24 wants recorded. */
export function determinationOf(
  accident: Accident,
  draft: DeterminationDraft,
  frame: DeterminationFrame,
): DeterminationContent | null {
  const { address, weather, weatherWord, occurredAt } = accident.scene;
  const [A, B] = LETTERS.map((letter) => partyOf(accident, letter, draft.degrees[letter]));
  if (!address || !weather || !occurredAt || !A || !B) return null;
  const { letterNumber, ...rest } = frame;
  return {
    letterNumber,
    caseNumber: accident.number,
    occurredAt,
    address,
    weather,
    ...(weatherWord !== null && { weatherWord }),
    parties: { A, B },
    facts: draft.facts.trim(),
    causes: draft.causes.trim(),
    articles: draft.articles,
    evidence: picturesOf(accident).filter(({ number }) => draft.evidence.includes(number)),
    ...rest,
  };
}

function partyOf({ parties }: Accident, letter: Letter, degree: DeterminedDegree): DeterminationParty | null {
  const party = parties[letter];
  if (!party?.details || !party.statement) return null;
  return { ...agreedDetails(party.details), impact: party.statement.impact, degree };
}

/**
 * True once each party has said what it says to the letter, or service on it was confirmed: the claims may
 * go.
 */
export const isAnswered = ({ served, receipts }: Determination): boolean =>
  LETTERS.every((letter) => receipts[letter] !== null || served[letter]?.how === "by-message");
