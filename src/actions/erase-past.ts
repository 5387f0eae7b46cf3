import type { Context } from "../context.ts";
import { LONG_GAP_MS } from "../domain/witnessed-time.ts";
import type { Erased } from "../store/erasures.ts";

/** How long a settled case is kept: the limitation of an insurance claim is two years (Insurance Law art. 26), one more for what follows from it. The privacy notice says so. */
export const KEPT_YEARS = 3;

const DAY_MS = 86_400_000;
/** between the mark and the end, for a person to see it in `/readyz` */
const MARKED_MS = DAY_MS;
const MARKED_AT_ONCE = 1_000;
const AT_ONCE = 100;
/** Of all that there is, in a day: eleven times what three years leave for each, so that it is reached by a fault rather than by a busy season. */
const SHARE_A_DAY = 0.01;
const LEAST_A_DAY = 10;

/** Erases what has had its time: accidents by forgetting their keys, people who have not been seen since. Returns how many were erased. */
export async function erasePast(ctx: Context): Promise<number> {
  const time = await ctx.witness.look();
  if (!time) return 0;
  const before = time.ago(keptMs(time.now), LONG_GAP_MS);
  const markedBefore = time.ago(MARKED_MS);
  const { cases, people } = await mostADay(ctx);
  const past = { before, limit: AT_ONCE };
  await ctx.retention.mark({ before, limit: MARKED_AT_ONCE }, time.now);
  await ctx.retention.markUnseen({ before, limit: MARKED_AT_ONCE }, time.now);
  const erased = await eraseEach(ctx, {
    kind: "cases",
    most: cases,
    list: () => ctx.retention.listMarked(past, markedBefore),
    async erase(id) {
      await ctx.retention.erase(id);
      ctx.log.info({ accidentId: id }, "erased");
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

/** What one day may erase without an operator's word. */
export async function mostADay(ctx: Context): Promise<Record<Erased, number>> {
  const { cases, people } = await ctx.retention.count();
  const share = (all: number) => Math.max(LEAST_A_DAY, Math.ceil(all * SHARE_A_DAY));
  return { cases: share(cases), people: share(people) };
}

/** Calendar years, so that a leap day makes nobody older. */
function keptMs(now: Date): number {
  const before = new Date(now);
  before.setUTCFullYear(before.getUTCFullYear() - KEPT_YEARS);
  return now.getTime() - before.getTime();
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
