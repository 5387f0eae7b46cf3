import type { Context } from "../context.ts";

/**
 * Puts the menu of config/menu.yaml on the account: once the message push is on, the menu of the admin page
 * no longer works.
 */
export async function publishMenu(ctx: Context): Promise<void> {
  await ctx.wechat.createMenu(ctx.config.menu);
}
