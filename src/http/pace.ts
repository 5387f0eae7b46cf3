import type { Context } from "../context.ts";
import { PACES, type Pace, type PaceName } from "../domain/brakes.ts";
import { Busy, Invalid } from "../errors.ts";

/** Whose call it is: a person's id, or the digest of a network. */
export interface Paced {
  pace: PaceName;
  whose: string;
}

type Asker = Pick<Context, "tries" | "clock" | "vault">;

const overAll = (pace: PaceName): string => `pace/${pace}`;
/** A keyed hash of its own: who has not agreed to the notice leaves no id behind, not even in a count. */
const keyOf = ({ vault }: Asker, { pace, whose }: Paced): string =>
  `${overAll(pace)}/${vault.lookupHash("pace", whose)}`;
/** When to ask again: a tally forgets a twelfth of its window at a time. */
const waitS = (windowMs: number): number => Math.ceil(windowMs / 12_000);

/** Throws as `countPaced` would, and counts nothing: asked before a body is read. */
export async function askPaced(ctx: Asker, paced: Paced): Promise<void> {
  const { mine, all } = await tally(ctx, paced, 0);
  requirePace(PACES[paced.pace], { mine: mine + 1, all: all + 1 });
}

/**
 * Counts one call in the database, over all processes. Throws Invalid "too-many-requests" (429) beyond this
 * caller's limit, Busy (503) beyond that of everybody; then nothing is counted.
 */
export async function countPaced(ctx: Asker, paced: Paced): Promise<void> {
  try {
    requirePace(PACES[paced.pace], await tally(ctx, paced, 1));
  } catch (error) {
    await giveBack(ctx, paced);
    throw error;
  }
}

/** Does the work of a counted call; one that is refused for want of capacity does not count. */
export async function whileCounted<T>(ctx: Asker, paced: Paced, work: () => Promise<T>): Promise<T> {
  await countPaced(ctx, paced);
  try {
    return await work();
  } catch (error) {
    if (error instanceof Busy) await giveBack(ctx, paced);
    throw error;
  }
}

async function giveBack(ctx: Asker, paced: Paced): Promise<void> {
  await tally(ctx, paced, -1);
}

interface Tally {
  mine: number;
  all: number;
}

async function tally(ctx: Asker, paced: Paced, by: number): Promise<Tally> {
  const { tries, clock } = ctx;
  const { each, all }: Pace = PACES[paced.pace];
  const at = clock.now();
  const [mine, everybody] = await Promise.all([
    tries.tally(keyOf(ctx, paced), { ...each, at }, by),
    all ? tries.tally(overAll(paced.pace), { ...all, at }, by) : 0,
  ]);
  return { mine, all: everybody };
}

function requirePace({ each, all, share = 0 }: Pace, tallied: Tally): void {
  if (tallied.mine > each.limit) throw new Invalid("too-many-requests", { retryAfterS: waitS(each.windowMs) }, 429);
  if (all && tallied.all > all.limit && tallied.mine > share) throw new Busy(waitS(all.windowMs));
}
