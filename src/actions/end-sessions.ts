import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";

/** Signs a person out on every phone: each session that began before now is void. */
export async function endSessions(ctx: Context, { person }: { person: Pick<Person, "id"> }): Promise<void> {
  await ctx.people.endSessions(person.id, ctx.clock.now());
  ctx.log.info({ personId: person.id }, "sessions.ended");
}
