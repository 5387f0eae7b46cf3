import type { Context } from "../context.ts";

/** He no longer follows the account: what no accident needs is forgotten at once (PIPL art. 15, 47); who is in none is forgotten wholly. */
export async function forgetPerson(ctx: Context, { openid }: { openid: string }): Promise<void> {
  const personId = ctx.vault.personId(openid);
  const accident = await ctx.accidents.findByPerson(personId);
  await ctx.people.forget(personId, accident === null);
}
