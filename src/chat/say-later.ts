import { sayWithUnsaid } from "../actions/bundle-words.ts";
import { closesWindow } from "../actions/notice-channels.ts";
import type { Context } from "../context.ts";
import { Upstream } from "../errors.ts";

/** Words that come too late to be the answer to a push go as a customer message, with what waits for him; where that cannot be, they wait for the next answer. */
export async function sayLater(ctx: Context, openid: string, text: string): Promise<void> {
  const personId = ctx.vault.personId(openid);
  const keep = () => ctx.people.keepUnsaid(personId, text);
  if (!(await ctx.quota.take(openid, ctx.clock.now()))) return keep();
  const person = await ctx.people.find(personId);
  if (!person) return;
  try {
    await sayWithUnsaid(ctx, { person, text }, (words) => ctx.wechat.sendText(openid, words));
  } catch (error) {
    if (!(error instanceof Upstream)) throw error;
    ctx.log.warn({ code: error.code }, "late answer not sent");
    if (closesWindow(error.code)) await ctx.quota.closed(openid);
    await keep();
  }
}
