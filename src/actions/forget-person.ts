import type { Context } from "../context.ts";

/**
 * Forgets what no accident needs of a person who no longer follows the account (PIPL art. 15, 47); one
 * without an accident is forgotten wholly.
 */
export async function forgetPerson(ctx: Context, { openid }: { openid: string }): Promise<void> {
  const id = ctx.vault.personId(openid);
  const person = await ctx.people.find(id);
  if (!person) return ctx.people.forget({ id }, { case: false });
  await ctx.people.endSessions(person.id, ctx.clock.now());
  const accident = await ctx.accidents.findByPerson(person);
  await ctx.people.forget(person, { case: accident !== null });
}
