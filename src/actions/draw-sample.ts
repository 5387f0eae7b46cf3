import type { Context } from "../context.ts";
import { type Draw, type DrawOrder, LONGEST_PERIOD_DAYS, lineUp } from "../domain/audit.ts";
import { FLAGS, type Sought } from "../domain/case-facets.ts";
import { findDistrict } from "../domain/district.ts";
import { leads, type Officer } from "../domain/officer.ts";
import { Conflict, Invalid, NotFound } from "../errors.ts";

export interface DrawSample extends DrawOrder {
  officer: Officer;
  address: string;
}

const DAY_MS = 24 * 3600_000;
const AT_ONCE = 2_000;

/**
 * Draws cases for a spot audit and keeps the draw. Throws NotFound for another district, Invalid for a period
 * that ends before it begins or is longer than a year, Conflict "nothing-to-draw".
 */
export async function drawSample(ctx: Context, { officer, address, ...order }: DrawSample): Promise<Draw> {
  const { from, to, district, random, byRisk, seed } = order;
  if (!leads(officer, district)) throw new NotFound();
  if (district !== null && !findDistrict(ctx.config.rules.districts, district))
    throw new Invalid("unknown-district", { field: "district" });
  if (to <= from) throw new Invalid("police.audit.error.backwards", { field: "to" });
  if (to.getTime() - from.getTime() > LONGEST_PERIOD_DAYS * DAY_MS)
    throw new Invalid("police.audit.error.long", { field: "to" });
  if (random + byRisk === 0) throw new Invalid("police.audit.error.none", { field: "random" });
  await ctx.accessLog.add({ officerId: officer.id, address, act: "drew-sample", accidentId: null, reason: null });
  const place: Sought = district === null ? {} : { district };
  const flags = await countFlags(ctx, place, order);
  const line = lineUp({ random, byRisk });
  let population = 0;
  for await (const id of idsOf(ctx, place, order)) {
    population++;
    line.offer({ id, rank: ctx.audits.rankOf(seed, id), flags: flags.get(id) ?? 0 });
  }
  // one that was erased, or has moved to another district, is passed over
  const fits = new Set(await ctx.accidents.listPresent(line.ids(), district));
  const cases = line.chosen((id) => fits.has(id));
  if (cases.length === 0) throw new Conflict("nothing-to-draw");
  const draw: Draw = {
    ...{ id: ctx.randomId(12), at: ctx.clock.now(), officerId: officer.id },
    ...{ from, to, district, random, byRisk, seed, population, flagged: flags.size, cases },
  };
  await ctx.audits.keep(draw);
  return draw;
}

type Period = Pick<DrawOrder, "from" | "to">;

/** Ids of the cases of the period that are listed, each once. */
async function* idsOf(ctx: Context, sought: Sought, { from, to }: Period): AsyncGenerator<string> {
  let after: string | undefined;
  let last = "";
  for (;;) {
    const rows = await ctx.accidents.listIds(sought, { from, to, after }, AT_ONCE);
    for (const { accidentId } of rows) {
      if (accidentId !== last) yield accidentId;
      last = accidentId;
    }
    if (rows.length < AT_ONCE) return;
    after = rows.at(-1)!.cursor;
  }
}

async function countFlags(ctx: Context, place: Sought, period: Period): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const flag of FLAGS)
    for await (const id of idsOf(ctx, { ...place, flag }, period)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
