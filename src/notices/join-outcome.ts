import type { Context } from "../context.ts";

type Side = { noticeId: string } | { ok: boolean; status: string };

/**
 * Joins our send of a message and the platform's report of it, which come in either order. Returns the id of
 * a notice that has now failed, else null; once per message.
 */
export async function joinOutcome(ctx: Context, msgId: string, side: Side): Promise<string | null> {
  const { noticeId, ok, status } = await ctx.notices.joinReport(msgId, side);
  if (noticeId === undefined || ok === undefined || status === undefined) return null;
  if (!(await ctx.notices.settle(noticeId, { msgId, ok, status })) || ok) return null;
  ctx.log.warn({ deliveryId: noticeId, status }, "notice.not-arrived");
  return noticeId;
}
