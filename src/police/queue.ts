import type Koa from "koa";
import type { Context } from "../context.ts";
import { queueRow, WAIT_LEVELS } from "../domain/queue.ts";
import type { Wanted } from "../store/disputes.ts";
import { districtName } from "./districts.ts";
import { officerNames } from "./officer-names.ts";
import { type DeskPage, type DeskRequest, deskRequest, renderDesk, requireRight, type Shown } from "./page.ts";
import { sessionUntil } from "./session.ts";

/** Guidance first, since people stand at the road. */
const KINDS = ["guidance", "application", "service"] as const;
/** Of each kind that wait, and as many that others have, the longest waiting first. */
const MOST_ROWS = 200;

/**
 * What waits for an officer: guidance, then applications, then letters whose service may be confirmed, each
 * by age and before what others have; at the top what this officer has in hand.
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

/** The tables alone, for the open page, which asks for them after each change, and to keep the session. */
export async function sendQueueRows(ctx: Context, koa: Koa.Context): Promise<void> {
  const request = deskRequest(ctx, koa);
  requireRight(request, "read-case");
  renderDesk(ctx, koa, "police/queue-rows.njk", await queueShown(request));
}

type Reader = Pick<DeskRequest, "ctx" | "koa" | "officer" | "t" | "language">;

/** What the rows' template shows, at most `most` of each list. */
export async function queueShown(request: Reader, most = MOST_ROWS): Promise<Shown> {
  const { ctx, t } = request;
  const now = ctx.clock.now();
  const { own, kinds } = await listsOf(request, now, most);
  const free = kinds.flatMap(({ rows }) => rows.filter(({ officerId }) => officerId === null));
  const rows = [...own.rows, ...kinds.flatMap((table) => table.rows)];
  return {
    tables: [{ name: "mine", ...own }, ...kinds],
    most,
    waiting: free.length,
    waitingIds: free.map(({ id, kind }) => `${kind}/${id}`).join(" "),
    levels: WAIT_LEVELS,
    now: now.toISOString(),
    until: sessionUntil(request.koa)?.toISOString(),
    waited: (since: Date) => waitedText(since, now),
    district: (code: string | null) => districtName(request, code),
    nameOf: await officerNames(
      request,
      rows.map(({ officerId }) => officerId),
    ),
    label: (key: string, code: string) => t.find(`${key}.${code}`) ?? code,
  };
}

/**
 * Asks apart for what nobody has, what others have and what is one's own: however much is in hand, it takes
 * no place from what waits.
 */
async function listsOf({ ctx, officer }: Reader, now: Date, most: number) {
  const { id, district } = officer;
  const { catalogue } = ctx.config.rules;
  const listed = async (wanted: Wanted) => {
    const found = await ctx.disputes.list(wanted, most + 1);
    const shown = found.slice(0, most).filter(({ recused }) => !recused.includes(id));
    return {
      rows: shown.flatMap((accident) => queueRow(accident, catalogue, now) ?? []),
      isCut: found.length > most,
    };
  };
  const [own, ...kinds] = await Promise.all([
    listed({ officerId: id }),
    ...KINDS.map(async (kind) => {
      const [free, others] = await Promise.all([
        listed({ kind, district, officerId: null }),
        listed({ kind, district, othersThan: id }),
      ]);
      return { name: kind, rows: [...free.rows, ...others.rows], isCut: free.isCut || others.isCut };
    }),
  ]);
  return { own, kinds };
}

/** "4:05": minutes and seconds; from an hour on "2:04:05". */
function waitedText(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
