import type { Context } from "../context.ts";

/** Words that come too late to be the answer to a push go as a customer message; where no window is open they are kept for the next answer. */
export async function sayLater(ctx: Context, openid: string, text: string): Promise<void> {
  if (await ctx.quota.take(openid, ctx.clock.now())) return ctx.wechat.sendText(openid, text);
  await ctx.people.keepUnsaid(ctx.vault.personId(openid), text);
}
