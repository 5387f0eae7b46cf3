import type { Context } from "../context.ts";
import { keptMs, mostADay } from "../domain/retention.ts";
import { LONG_GAP_MS } from "../domain/witnessed-time.ts";
import type { Erased } from "../store/erasures.ts";

const DAY_MS = 86_400_000;
/** between mark and erasure, for an operator to see it in `/readyz` */
const MARKED_MS = DAY_MS;
const MARKED_AT_ONCE = 1_000;
const AT_ONCE = 100;

/**
 * Erases what has passed its retention: accidents by forgetting their keys, people who have not been seen
 * since. Returns the number erased.
 */
export async function erasePast(ctx: Context): Promise<number> {
  const time = await ctx.witness.look();
  if (!time) return 0;
  const { caseYears, endedYears, personYears } = ctx.config.retention;
  const agoOf = (years: number) => time.ago(keptMs(time.now, years), LONG_GAP_MS);
  const classes = [
    { before: agoOf(caseYears), statuses: ["concluded", "determined"] },
    { before: agoOf(endedYears), statuses: ["ended"] },
  ] as const;
  const before = agoOf(personYears);
  const markedBefore = time.ago(MARKED_MS);
  const { cases, people } = mostADay(await ctx.retention.count());
  const past = { before, limit: AT_ONCE };
  for (const one of classes) await ctx.retention.mark({ ...one, limit: MARKED_AT_ONCE }, time.now);
  await ctx.retention.markUnseen({ before, limit: MARKED_AT_ONCE }, time.now);
  const erased = await eraseEach(ctx, {
    kind: "cases",
    most: cases,
    async list() {
      const found = await Promise.all(
        classes.map((one) => ctx.retention.listMarked({ ...one, limit: AT_ONCE }, markedBefore)),
      );
      return [...(await ctx.retention.listUnfinished(AT_ONCE)), ...found.flat()];
    },
    async erase(id) {
      if (await ctx.retention.erase(id, { markedBefore })) ctx.log.info({ accidentId: id }, "erase.case-erased");
    },
  });
  const forgotten = await eraseEach(ctx, {
    kind: "people",
    most: people,
    list: () => ctx.retention.listMarkedUnseen(past, markedBefore),
    erase: (id) => ctx.retention.forgetUnseen(id, before),
  });
  return erased + forgotten;
}

interface Erasing {
  kind: Erased;
  most: number;
  list(): Promise<string[]>;
  erase(id: string): Promise<void>;
}

async function eraseEach({ erasures, clock, log }: Context, { kind, most, list, erase }: Erasing): Promise<number> {
  let erased = 0;
  for (let ids = await list(); ids.length > 0; ids = await list()) {
    for (const id of ids) {
      if (!(await erasures.take(kind, most, clock.now()))) {
        log.error({ code: "erase-limit", kind, most }, "erase.limit-reached");
        return erased;
      }
      await erase(id);
      erased++;
    }
  }
  return erased;
}
