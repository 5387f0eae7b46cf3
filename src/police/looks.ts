import type { AccessRow } from "../domain/access.ts";
import type { DeskRequest } from "./page.ts";

const MOST_ROWS = 100;

/** Lists what the access log says of this officer and this case in the last `withinMs`, the newest first. */
export function recentRows(
  { ctx, officer }: Pick<DeskRequest, "ctx" | "officer">,
  accidentId: string,
  withinMs: number,
): Promise<AccessRow[]> {
  const from = new Date(ctx.clock.now().getTime() - withinMs);
  return ctx.accessLog.list({ officerIds: [officer.id], accidentId, from }, MOST_ROWS);
}
