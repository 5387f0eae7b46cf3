import type { Accident, Letter } from "./accident.ts";
import { type Waiting, waitingForOfficer } from "./dispute.ts";
import { MINUTE_MS } from "./dispute-limits.ts";
import { type Act, type Catalogue, findAct } from "./liability.ts";
import { leads, type Officer } from "./officer.ts";
import { isStored } from "./photo.ts";
import { plateDoubts } from "./photo-plates.ts";
import { holds } from "./recusal.ts";

/** Minutes after which the clock of what waits turns orange, then red. */
export const WAIT_LEVELS: Record<Waiting["kind"], { late: number; over: number }> = {
  guidance: { late: 2, over: 5 },
  application: { late: 10, over: 30 },
  // a letter whose time for service has run out: within the day
  service: { late: 4 * 60, over: 24 * 60 },
};

/** One case that waits for an officer, or is in somebody's hands, as the queue shows it. */
export interface QueueRow {
  id: string;
  number: string;
  kind: Waiting["kind"];
  since: Date;
  level: "" | "late" | "over";
  officerId: string | null;
  district: string | null;
  address: string | null;
  /** what each driver says of both */
  claims: Record<Letter, { own: Act | null; other: Act | null } | null>;
  photos: number;
  /** codes of findings, each once; "plate-differs" where a typed plate is not the one in the picture */
  flags: string[];
}

/**
 * An officer who is recused never sees the case, nor one of a district that the account does not reach and
 * that this officer does not have in hand.
 */
export const mayHandle = (
  accident: Pick<Accident, "recused" | "district" | "dispute">,
  officer: Pick<Officer, "id" | "district">,
): boolean =>
  (leads(officer, accident.district) || holds(accident, officer.id)) && !accident.recused.includes(officer.id);

export function waitLevel(kind: Waiting["kind"], since: Date, now: Date): QueueRow["level"] {
  const minutes = (now.getTime() - since.getTime()) / MINUTE_MS;
  if (minutes >= WAIT_LEVELS[kind].over) return "over";
  return minutes >= WAIT_LEVELS[kind].late ? "late" : "";
}

/** Null: nothing in it waits. */
export function queueRow(accident: Accident, catalogue: Catalogue, now: Date): QueueRow | null {
  const waiting = waitingForOfficer(accident);
  if (!waiting) return null;
  const said = (letter: Letter) => {
    const statement = accident.parties[letter]?.statement;
    if (!statement) return null;
    const of = (id: string) => findAct(catalogue, id) ?? null;
    return { own: of(statement.ownAct), other: of(statement.otherAct) };
  };
  const photos = accident.photos.filter(isStored);
  const codes = photos.flatMap(({ findings }) => findings.map(({ code }) => code));
  return {
    id: accident.id,
    number: accident.number,
    kind: waiting.kind,
    since: waiting.since,
    level: waitLevel(waiting.kind, waiting.since, now),
    officerId: waiting.officerId,
    district: accident.district,
    address: accident.scene.address,
    claims: { A: said("A"), B: said("B") },
    photos: photos.length,
    flags: [...new Set<string>([...codes, ...(plateDoubts(accident).length > 0 ? ["plate-differs"] : [])])],
  };
}
