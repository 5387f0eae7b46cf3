import { forgetPerson } from "../actions/forget-person.ts";
import { noteConsent } from "../actions/note-consent.ts";
import { recordNoticeResult } from "../actions/record-notice-result.ts";
import type { Context } from "../context.ts";
import type { MessageKind, MessageOf, SubscribeChoice } from "../wechat/message.ts";

type Report<K extends MessageKind> = (ctx: Context, message: MessageOf<K>) => Promise<void>;

/** Reports by the platform about a person, not messages of that person: they are not answered. */
export const REPORTS: { [K in MessageKind]?: Report<K> } = {
  unsubscribe: (ctx, { openid }) => forgetPerson(ctx, { openid }),
  templateSent: (ctx, { templateMsgId, ok, status }) => recordNoticeResult(ctx, { msgId: templateMsgId, ok, status }),
  async subscribeSent(ctx, { results }) {
    for (const { msgId, errorCode, errorStatus } of results)
      await recordNoticeResult(ctx, { msgId, ok: errorCode === 0, status: errorStatus });
  },
  subscribePopup: chosen,
  subscribeChange: chosen,
};

async function chosen(
  ctx: Context,
  { openid, choices }: { openid: string; choices: readonly SubscribeChoice[] },
): Promise<void> {
  await noteConsent(ctx, { person: await ctx.people.see(openid), choices });
}
