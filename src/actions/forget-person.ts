import type { Context } from "../context.ts";

/** Forgets, when somebody no longer follows the account, what no accident needs (PIPL art. 15, 47); one who is in none is forgotten wholly. */
export async function forgetPerson(ctx: Context, { openid }: { openid: string }): Promise<void> {
  const personId = ctx.vault.personId(openid);
  const accident = await ctx.accidents.findByPerson(personId);
  await ctx.people.forget(personId, accident === null);
}
