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
  const before = time.ago(keptMs(time.now), LONG_GAP_MS);
  const markedBefore = time.ago(MARKED_MS);
  const { cases, people } = mostADay(await ctx.retention.count());
  const past = { before, limit: AT_ONCE };
  await ctx.retention.mark({ before, limit: MARKED_AT_ONCE }, time.now);
  await ctx.retention.markUnseen({ before, limit: MARKED_AT_ONCE }, time.now);
  const erased = await eraseEach(ctx, {
    kind: "cases",
    most: cases,
    list: () => ctx.retention.listMarked(past, markedBefore),
    async erase(id) {
      await ctx.retention.erase(id);
      ctx.log.info({ accidentId: id }, "erase.case-erased");
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
