import Joi from "joi";
import {
  DEGREE_PAIRS,
  type Determination,
  type DeterminationDraft,
  type DeterminedDegree,
  type DraftFaults,
  draftFaults,
  type EvidencePicture,
  LONGEST_TEXT,
} from "../domain/determination.ts";
import { text } from "../http/fields.ts";
import type { Fields } from "../http/fields-read.ts";

/** What the officer typed, as it was typed: it comes back into the form whatever is wrong with it. */
export interface TypedLetter {
  facts: string;
  causes: string;
  articles: string[];
  /** further articles, one in each line */
  more: string;
  evidence: string[];
  /** "full-none": of A, then of B; "": nothing chosen */
  degrees: string;
  /** of a letter that takes another's place */
  reason: string;
}

export interface LetterBody extends TypedLetter {
  step: "preview" | "issue";
  /** fingerprint of the letter that the officer has seen */
  seen: string;
}

const any = (most: number) => Joi.string().allow("").max(most).default("");
const list = Joi.array().items(Joi.string().max(200)).max(60).single().default([]);
const ROOM = 20_000;
/** A form that is full, each of its characters in nine bytes. */
export const LETTER_BYTES = 1024 * 1024;

/** Takes anything that a browser may send: what is wrong is said at its field, with all that was typed. */
export const letterBody = Joi.object<LetterBody>({
  facts: any(ROOM),
  causes: any(ROOM),
  articles: list,
  more: any(ROOM),
  evidence: list,
  degrees: any(40),
  reason: any(ROOM),
  step: Joi.valid("preview", "issue").default("preview"),
  seen: any(64),
});

/** All pairs in both orders, as the form offers them; none is chosen beforehand. */
export const PAIRS: readonly string[] = [
  ...new Set(DEGREE_PAIRS.flatMap(([one, other]) => [`${one}-${other}`, `${other}-${one}`])),
];

/** Returns the draft; what no letter can have, such as degrees that are none, is left to its faults. */
export function draftOf({ facts, causes, articles, more, evidence, degrees }: TypedLetter): DeterminationDraft {
  const lines = more
    .split(/\r?\n/)
    .map((one) => one.trim())
    .filter(Boolean);
  const [A = "", B = ""] = degrees.split("-");
  return {
    facts: clean(facts),
    causes: clean(causes),
    articles: [...new Set([...articles.map((one) => one.trim()), ...lines])],
    evidence: [...new Set(evidence.map(Number))],
    degrees: { A: A as DeterminedDegree, B: B as DeterminedDegree },
  };
}

const clean = (typed: string): string => typed.trim().replace(/\r\n?/g, "\n");

export type LetterFaults = Partial<Record<keyof DraftFaults | "reason", string>>;

const words = text(LONGEST_TEXT);
const SHORTEST_REASON = 5;

/** Codes of what is wrong, by field. */
export function faultsOf(typed: TypedLetter, pictures: readonly EvidencePicture[], isReplacing: boolean): LetterFaults {
  const draft = draftOf(typed);
  const faults: LetterFaults = { ...draftFaults(draft, pictures) };
  for (const field of ["facts", "causes"] as const)
    if (!faults[field] && words.validate(draft[field]).error) faults[field] = "characters";
  if (isReplacing && [...typed.reason.trim()].length < SHORTEST_REASON) faults.reason = "reason-short";
  return faults;
}

export const EMPTY_LETTER: TypedLetter = {
  facts: "",
  causes: "",
  articles: [],
  more: "",
  evidence: [],
  degrees: "",
  reason: "",
};

/** Whatever was posted, for a form that is shown again: of each field as much as the form can hold. */
export function typedAgain(posted: Fields): TypedLetter {
  const textOf = (name: keyof TypedLetter) => String([posted[name] ?? ""].flat()[0]);
  const listOf = (name: keyof TypedLetter) => [posted[name] ?? []].flat().map(String);
  return {
    ...{ facts: textOf("facts"), causes: textOf("causes"), more: textOf("more"), reason: textOf("reason") },
    ...{ articles: listOf("articles"), evidence: listOf("evidence"), degrees: textOf("degrees") },
  };
}

/** The form of a letter that takes another's place begins with what that one says. */
export const typedFrom = ({ content }: Determination): TypedLetter => ({
  ...EMPTY_LETTER,
  facts: content.facts,
  causes: content.causes,
  articles: content.articles,
  evidence: content.evidence.map(({ number }) => String(number)),
  degrees: `${content.parties.A.degree}-${content.parties.B.degree}`,
});
