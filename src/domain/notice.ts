import { type Accident, CLAIM_STATUSES, type ClaimStatus, type Letter, type OutboxEntry, otherOf } from "./accident.ts";

const CASE_CODES = [
  "other-joined",
  "other-asks",
  "newcomer-left",
  "admitted",
  "removed",
  "may-move",
  "photo-refused",
  "photo-delayed",
  "photo-asked",
  "statements-settled",
  "statements-different",
  "statements-not-here",
  "reminded",
  "text-changed",
  "other-signed",
  "signature-taken-back",
  "concluded",
  "concluded-full",
  "concluded-none",
  "paper-follows",
  "paper-made",
  "claim-call-insurer",
  "claim-call-other",
  "determined-reported",
  "determined-call",
  "claim-delayed",
  "claim-not-corrected",
  "claim-number",
  "ended",
  "end-agreed",
  "resume-asked",
  "resumed",
  "guidance-asked",
  "guidance-withdrawn",
  "guidance-late",
  "guidance-taken",
  "guidance-given",
  "application-proposed",
  "application-agreed",
  "application-refused",
  "application-lapsed",
  "application-withdrawn",
  "application-late",
  "application-taken",
  "application-returned",
  "application-settled",
  "evidence-asked",
  "evidence-lapsed",
  "officer-sent",
  "letter-issued",
  "letter-overdue",
  "letter-reminded",
  "letter-served",
  "letter-replaced",
] as const;

/** Every status but "submitted", which no insurer reports: it is how a claim begins. */
type Reported = Exclude<ClaimStatus, "submitted">;

export type NoticeCode = (typeof CASE_CODES)[number] | `claim-${Reported}`;

/** All notice codes; each has a text (`chat.notice.CODE`) and a headline (`chat.headline.CODE`). */
export const NOTICE_CODES: readonly NoticeCode[] = [
  ...CASE_CODES,
  ...CLAIM_STATUSES.filter((status): status is Reported => status !== "submitted").map(
    (status) => `claim-${status}` as const,
  ),
];

/** A notice to a person: code and parameters, rendered in the reader's language when it is sent. */
export interface Notice {
  code: NoticeCode;
  params: Record<string, string | number>;
  accidentId: string;
}

/**
 * Notices whose latest wording says all that earlier ones did, by what they are about. They may follow a
 * change that a driver makes again and again, so that they are merged.
 */
const GROUPS: Partial<Record<NoticeCode, string>> = {
  "statements-settled": "statements",
  "statements-different": "statements",
  "statements-not-here": "statements",
  "text-changed": "text",
  "other-signed": "signed",
  "other-joined": "joined",
  "other-asks": "joined",
  "newcomer-left": "joined",
  "photo-asked": "photo-asked",
};

/** True for news of how a running case stands: when it is over, its end has been told. */
export const isOfRunningCase = (code: NoticeCode): boolean => GROUPS[code] !== undefined;

const SHOWN_BY_PAGES: ReadonlySet<NoticeCode> = new Set([
  "may-move",
  "admitted",
  "signature-taken-back",
  "end-agreed",
  "resume-asked",
  "resumed",
]);

/**
 * True for news that an open page of the case shows by itself. What calls a driver (a reminder), goes with
 * the paper, or says that the page is theirs no more, is sent in any case.
 */
export const isShownByPages = (code: NoticeCode): boolean => isOfRunningCase(code) || SHOWN_BY_PAGES.has(code);

/** Makes the outbox entry of a notice to one party; urgent: the driver waits for it at the roadside. */
export function notice(accident: Accident, to: Letter, code: NoticeCode, params: Notice["params"] = {}): OutboxEntry {
  const party = accident.parties[to];
  if (!party) throw new Error(`nobody to tell ${code}`);
  const body: Notice = { code, params: { number: accident.number, ...params }, accidentId: accident.id };
  const group = GROUPS[code];
  const entry = { kind: "notice", target: party.identity.personId, body: JSON.stringify(body), urgent: true } as const;
  return { ...entry, ...(group && { group }) };
}

/** Makes the entry for news that nobody waits for now: a claim's progress at the insurer. */
export function laterNotice(...what: Parameters<typeof notice>): OutboxEntry {
  const { urgent: _, ...entry } = notice(...what);
  return entry;
}

/** Makes the notice for the other party when a correction by this one has voided their signature. */
export function correctionNotice(before: Accident, by: Letter): OutboxEntry[] {
  const other = otherOf(by);
  return before.parties[other]?.signature ? [notice(before, other, "text-changed")] : [];
}
