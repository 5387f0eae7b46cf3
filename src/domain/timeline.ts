import { type ChainedEvent, CLAIM_STATUSES, type ClaimStatus, type EventType, type Letter } from "./accident.ts";

/** What nobody needs to read: declarations that stand beside their event, attempts, settings. */
const SILENT = [
  "consent-given",
  "consent-withdrawn",
  "photo-announced",
  "photo-delayed",
  "photo-moved",
  "photo-rejected",
  "plate-read",
  "plate-differs",
  "photo-damaged",
  "paper-damaged",
  "language-chosen",
  "guidance-late",
  "guidance-released",
  "guidance-settled",
  "application-late",
  "application-released",
  "application-settled",
  "evidence-lapsed",
  "officer-recused",
  "letter-reminded",
  "letter-overdue",
  "letter-unserved",
  "spot-letter-entered",
  "spot-letter-corrected",
  "review-filed",
  "claim-status-held",
  "audit-finding-recorded",
  "hold-placed",
  "hold-lifted",
] as const satisfies readonly EventType[];
type Silent = (typeof SILENT)[number];

const isSilent = (type: EventType): type is Silent => SILENT.some((one) => one === type);
const isClaimStatus = (value: unknown): value is ClaimStatus => CLAIM_STATUSES.some((status) => status === value);

/** One line of the history, in codes; the words are the template's. */
export interface TimelineEntry {
  type: Exclude<EventType, Silent | "photo-stored"> | "photos-stored";
  by: "me" | "other" | "insurer" | "officer" | null;
  at: Date;
  /** photographs taken in a row are one line */
  count: number;
  /** of a claim */
  status: ClaimStatus | null;
}

/** What this driver may know of what happened: the other's claim and rating are the other's. */
export function timelineOf(events: readonly ChainedEvent[], letter: Letter): TimelineEntry[] {
  const lines: TimelineEntry[] = [];
  for (const event of events) {
    const { type } = event;
    if (isSilent(type) || event.data.stale === true || isOthersOwn(event, letter)) continue;
    const line = lineOf(event, type === "photo-stored" ? "photos-stored" : type, letter);
    const last = lines.at(-1);
    if (last && line.type === "photos-stored" && last.type === line.type && last.by === line.by) last.count += 1;
    else lines.push(line);
  }
  return lines;
}

function isOthersOwn({ type, by, data }: ChainedEvent, letter: Letter): boolean {
  if (type === "feedback-given") return by !== letter;
  if (!type.startsWith("claim-")) return false;
  const owner = data.party ?? String(data.ref ?? "").slice(-1);
  return owner !== letter;
}

const lineOf = (event: ChainedEvent, type: TimelineEntry["type"], letter: Letter): TimelineEntry => ({
  type,
  by: speakerOf(event, letter),
  at: event.at,
  count: 1,
  status: isClaimStatus(event.data.status) ? event.data.status : null,
});

function speakerOf({ by, data }: ChainedEvent, letter: Letter): TimelineEntry["by"] {
  if (by === "system") return null;
  if (by === "A" || by === "B") return by === letter ? "me" : "other";
  if (by.startsWith("officer:")) return "officer";
  return data.party === undefined || data.party === letter ? "insurer" : null;
}
