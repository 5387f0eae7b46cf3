import type Koa from "koa";
import type { Context } from "../context.ts";
import { mayHandle, type QueueRow, queueRow, WAIT_LEVELS } from "../domain/queue.ts";
import { districtName } from "./districts.ts";
import { officerNames } from "./officer-names.ts";
import { type DeskPage, type DeskRequest, deskRequest, renderDesk, requireRight, type Shown } from "./page.ts";

/** Guidance first, since people stand at the road. */
const KINDS = ["guidance", "application", "service"] as const;
/** Of each kind, the longest waiting first. */
const MOST_ROWS = 200;

/**
 * What waits for an officer: guidance, then applications, then letters whose service may be confirmed, each
 * by age; at the top what this officer has in hand.
 */
export const queuePage: DeskPage = {
  path: "queue",
  right: "read-case",
  template: "police/queue.njk",
  async show(request) {
    await request.log({ act: "read-queue" });
    return queueShown(request);
  },
};

/** The tables alone, for the open page, which asks for them after each change. */
export async function sendQueueRows(ctx: Context, koa: Koa.Context): Promise<void> {
  const request = deskRequest(ctx, koa);
  requireRight(request, "read-case");
  renderDesk(ctx, koa, "police/queue-rows.njk", await queueShown(request));
}

async function queueShown(request: DeskRequest): Promise<Shown> {
  const { ctx, officer, t } = request;
  const now = ctx.clock.now();
  const lists = await Promise.all(KINDS.map((kind) => ctx.disputes.list(kind, MOST_ROWS, officer.district)));
  const rows = lists
    .flat()
    .filter((accident) => mayHandle(accident, officer))
    .flatMap((accident) => queueRow(accident, ctx.config.rules.catalogue, now) ?? []);
  const others = rows.filter(({ officerId }) => officerId !== officer.id);
  const of = (kind: QueueRow["kind"]) => others.filter((row) => row.kind === kind);
  const free = others.filter(({ officerId }) => officerId === null);
  return {
    tables: [
      { name: "mine", rows: rows.filter(({ officerId }) => officerId === officer.id) },
      ...KINDS.map((kind) => ({ name: kind, rows: of(kind) })),
    ],
    waiting: free.length,
    waitingIds: free.map(({ id, kind }) => `${kind}/${id}`).join(" "),
    levels: WAIT_LEVELS,
    now: now.toISOString(),
    waited: (since: Date) => waitedText(since, now),
    district: (code: string | null) => districtName(request, code),
    nameOf: await officerNames(
      request,
      rows.map(({ officerId }) => officerId),
    ),
    label: (key: string, code: string) => t.find(`${key}.${code}`) ?? code,
  };
}

/** "4:05": minutes and seconds; from an hour on "2:04:05". */
function waitedText(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
