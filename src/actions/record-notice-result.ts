import type { Context } from "../context.ts";
import type { Notice } from "../domain/notice.ts";
import { joinOutcome } from "../notices/join-outcome.ts";
import { tellOtherwise } from "../notices/tell-person.ts";

export interface NoticeResult {
  /** as named by TEMPLATESENDJOBFINISH or subscribe_msg_sent_event */
  msgId: string;
  ok: boolean;
  status: string;
}

/** Records the result of a notice as the platform reports it; a failed one is sent by another channel. */
export async function recordNoticeResult(ctx: Context, { msgId, ok, status }: NoticeResult): Promise<void> {
  const failed = await joinOutcome(ctx, msgId, { ok, status });
  if (failed) await sayOtherwise(ctx, failed);
}

async function sayOtherwise(ctx: Context, deliveryId: string): Promise<void> {
  const [record, delivery] = await Promise.all([ctx.notices.find(deliveryId), ctx.deliveries.get(deliveryId)]);
  const { accidentId, target, sealed } = delivery;
  const notice = JSON.parse(await ctx.accidents.openBody(accidentId, deliveryId, sealed)) as Notice;
  const [person, accident] = await Promise.all([ctx.people.find(target), ctx.accidents.find(accidentId)]);
  if (!person || !accident || !record?.channel) return;
  await tellOtherwise(ctx, { person, accident, notice, deliveryId }, record.channel);
}
