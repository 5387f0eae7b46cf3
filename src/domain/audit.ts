import type { Accident } from "./accident.ts";
import type { EventType } from "./event-types.ts";
import { leads, type Officer } from "./officer.ts";

/** What an auditor may find of a case; nothing is decided by it. */
export const AUDIT_FINDINGS = ["in-order", "form", "pictures", "liability-doubtful", "suspected-fraud"] as const;
export type AuditFinding = (typeof AUDIT_FINDINGS)[number];

export const FOLLOW_UP_STATES = ["open", "done"] as const;
export type FollowUpState = (typeof FOLLOW_UP_STATES)[number];

/** What is to be done after a finding. */
export interface FollowUp {
  /** day in China, "2026-11-23" */
  due: string;
  state: FollowUpState;
}

export type DrawnBy = "chance" | "risk";

export interface DrawnCase {
  accidentId: string;
  by: DrawnBy;
}

/** What is drawn from: cases of a district that were opened within a period. */
export interface DrawOrder {
  from: Date;
  /** not included */
  to: Date;
  /** code; null: the whole city */
  district: string | null;
  /** how many at random */
  random: number;
  /** … and how many more of those with flags, the most flags first */
  byRisk: number;
  /** shown: with it the draw can be repeated */
  seed: string;
}

/** A draw as it is kept, with what was drawn. */
export interface Draw extends DrawOrder {
  id: string;
  at: Date;
  /** who drew */
  officerId: string;
  /** cases that were drawn from */
  population: number;
  /** … of them with a flag */
  flagged: number;
  cases: DrawnCase[];
}

/** What was found of a drawn case. */
export interface CaseFinding {
  drawId: string;
  accidentId: string;
  finding: AuditFinding;
  /** "" for none, or once the case was erased */
  note: string;
  followUp: FollowUp | null;
  officerId: string;
  at: Date;
  /** counts how often it was written; 0: never */
  revision: number;
}

/** An event of supervision, for those who may draw cases: not for those who are audited, nor the court. */
export const isOfAudit = ({ type }: { type: EventType }): boolean => type === "audit-finding-recorded";

/** What an officer may have done in a case without having handled it. */
const NOT_HANDLING: readonly EventType[] = [
  "audit-finding-recorded",
  "officer-recused",
  "guidance-released",
  "application-released",
];

/** Whoever has handled a case, or written its letter, writes no finding of it. */
export const mayJudge = ({ events }: Pick<Accident, "events">, officerId: string): boolean =>
  !events.some(({ by, type }) => by === `officer:${officerId}` && !NOT_HANDLING.includes(type));

/** Cases of either kind in one draw at most. */
export const MOST_DRAWN = 200;
export const LONGEST_PERIOD_DAYS = 366;

export const mayReadDraw = (officer: Pick<Officer, "district">, draw: Pick<Draw, "district">): boolean =>
  leads(officer, draw.district);

/** A case that may be drawn; `rank`: a hash over seed and case, by which it stands in line. */
export interface Candidate {
  id: string;
  rank: string;
  flags: number;
}

/** Keeps the first `most` of what is offered, in order. */
function keepFirst<T>(most: number, comesBefore: (one: T, other: T) => boolean) {
  const kept: T[] = [];
  return {
    kept,
    offer(one: T): void {
      const last = kept.at(-1);
      if (kept.length >= most && (!last || !comesBefore(one, last))) return;
      const at = kept.findIndex((other) => comesBefore(one, other));
      kept.splice(at < 0 ? kept.length : at, 0, one);
      kept.length = Math.min(kept.length, most);
    },
  };
}

const byRank = (one: Candidate, other: Candidate): boolean => one.rank < other.rank;
const byFlags = (one: Candidate, other: Candidate): boolean =>
  one.flags === other.flags ? byRank(one, other) : one.flags > other.flags;

/**
 * Lines up the candidates that are offered in any order: at random by their rank, by risk by their flags, and
 * by rank among equals. `chosen` takes those that still fit: each case once.
 */
export function lineUp({ random, byRisk }: Pick<DrawOrder, "random" | "byRisk">) {
  // some may turn out to be erased
  const spare = MOST_DRAWN;
  const atRandom = keepFirst(random + spare, byRank);
  const risky = keepFirst(random + byRisk + spare, byFlags);
  return {
    offer(candidate: Candidate): void {
      atRandom.offer(candidate);
      if (candidate.flags > 0) risky.offer(candidate);
    },
    ids: (): string[] => [...new Set([...atRandom.kept, ...risky.kept].map(({ id }) => id))],
    chosen(fits: (id: string) => boolean): DrawnCase[] {
      const fitting = (kept: readonly Candidate[]) => kept.map(({ id }) => id).filter(fits);
      const chance = fitting(atRandom.kept).slice(0, random);
      const risk = fitting(risky.kept).filter((id) => !chance.includes(id));
      const drawn = (by: DrawnBy) => (accidentId: string) => ({ accidentId, by });
      return [...chance.map(drawn("chance")), ...risk.slice(0, byRisk).map(drawn("risk"))];
    },
  };
}

/** A draw in figures. */
export interface AuditSum {
  drawn: Record<DrawnBy, number>;
  /** by finding, then by how the case was drawn */
  counts: Record<AuditFinding, Record<DrawnBy, number>>;
  /** drawn and not judged yet */
  open: number;
  followUps: { open: number; overdue: number; done: number };
}

/** Sums up a draw; `today`: day in China. */
export function sumUp({ cases }: Pick<Draw, "cases">, findings: readonly CaseFinding[], today: string): AuditSum {
  const count = (by: DrawnBy, finding?: AuditFinding) =>
    cases.filter((one) => one.by === by && (!finding || found(one.accidentId)?.finding === finding)).length;
  const found = (accidentId: string) => findings.find((one) => one.accidentId === accidentId);
  const of = (finding: AuditFinding) => ({ chance: count("chance", finding), risk: count("risk", finding) });
  const followUps = findings.flatMap(({ followUp }) => followUp ?? []);
  const open = followUps.filter(({ state }) => state === "open");
  return {
    drawn: { chance: count("chance"), risk: count("risk") },
    counts: Object.fromEntries(AUDIT_FINDINGS.map((finding) => [finding, of(finding)])) as AuditSum["counts"],
    open: cases.filter(({ accidentId }) => !found(accidentId)).length,
    followUps: {
      open: open.length,
      overdue: open.filter(({ due }) => due < today).length,
      done: followUps.length - open.length,
    },
  };
}
