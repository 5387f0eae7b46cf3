import type { Context } from "../context.ts";
import { LETTERS } from "../domain/accident.ts";
import { isOver } from "../domain/party.ts";
import { keptUntil } from "../domain/retention.ts";
import { NotFound } from "../errors.ts";

/** What became of one case: erased, stored until a date, still running, or under a legal hold. */
export interface CaseFate {
  number: string;
  fate: "erased" | "running" | "held" | Date;
}

/**
 * Carries out a person's request for early erasure: cases without an agreement that nobody else joined go,
 * with everything that no case needs; the others are only stored until their time is over, or as long as a
 * legal hold stands. While a case runs the request stays open, with what that case needs.
 */
export async function carryOutErasure(ctx: Context, { personId }: { personId: string }): Promise<CaseFate[]> {
  const person = await ctx.people.find(personId);
  if (!person || !(await ctx.people.listErasures()).some(({ id }) => id === personId)) throw new NotFound();
  const fates: CaseFate[] = [];
  for (const { id } of person.cases ?? []) {
    const accident = await ctx.accidents.find(id);
    if (!accident || !LETTERS.some((one) => accident.parties[one]?.identity.personId === personId)) continue;
    const { number, concludedAt, parties } = accident;
    if (!isOver(accident)) fates.push({ number, fate: "running" });
    else if (accident.hold) fates.push({ number, fate: "held" });
    else if (concludedAt || parties.B) fates.push({ number, fate: keptUntil(accident, ctx.config.retention) });
    else fates.push({ number, fate: (await ctx.retention.erase(id)) ? "erased" : "held" });
  }
  const running = fates.filter(({ fate }) => fate === "running").length;
  if (running === 0) {
    const after = await ctx.people.find(personId);
    await ctx.people.forget(after ?? person, { case: fates.some(({ fate }) => fate !== "erased") });
  }
  ctx.log.warn({ personId, cases: fates.length, running }, "erasure.carried-out");
  return fates;
}
