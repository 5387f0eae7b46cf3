import type { Context } from "../context.ts";

/**
 * Forgets what no accident needs of a person who no longer follows the account (PIPL art. 15, 47); one
 * without an accident is forgotten wholly.
 */
export async function forgetPerson(ctx: Context, { openid }: { openid: string }): Promise<void> {
  const person = await ctx.people.find(ctx.vault.personId(openid));
  if (!person) return;
  await ctx.people.endSessions(person.id, ctx.clock.now());
  const accident = await ctx.accidents.findByPerson(person);
  await ctx.people.forget(person, { case: accident !== null });
}
