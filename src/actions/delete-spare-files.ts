import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import { filesNeeded } from "../domain/case-files.ts";
import { SPARE_MS } from "../domain/retention.ts";
import { NotFound, Unreadable } from "../errors.ts";

const AT_ONCE = 20;

/**
 * Deletes photographs that were taken again or whose driver was removed, and signatures that were taken back,
 * a day after the last of them was. What the case itself names stays. Returns the number of cases looked at.
 */
export async function deleteSpareFiles(ctx: Context): Promise<number> {
  const time = await ctx.witness.look();
  if (!time) return 0;
  const before = time.ago(SPARE_MS);
  const marks = await ctx.spareMarks.list(before, AT_ONCE);
  for (const mark of marks) {
    try {
      // the mark stays for the time after the hold
      if (!(await deleteOf(ctx, mark.id, before))) continue;
    } catch (error) {
      // erased or unreadable: its files go with the case
      if (!(error instanceof NotFound || error instanceof Unreadable)) throw error;
      ctx.log.error({ accidentId: mark.id, code: error.code }, "spare-files.not-deleted");
    }
    await ctx.spareMarks.clear(mark);
  }
  return marks.length;
}

/** false: a legal hold was placed since the case was listed, and nothing was done. */
async function deleteOf(ctx: Context, accidentId: string, before: Date): Promise<boolean> {
  const stored = await ctx.blobs.listPersonal(accidentId, before);
  const { accident, result: isHeld } = await ctx.accidents.decide(accidentId, (current) => {
    if (current.hold) return { change: null, result: true };
    const spare = spareOf(current, stored);
    const known = new Set(current.events.filter(({ type }) => type === "files-deleted").flatMap(digestsIn));
    const digests = [...new Set(spare.map(({ sha256 }) => ctx.vault.digest(current.key, sha256)))];
    const fresh = digests.filter((digest) => !known.has(digest));
    if (fresh.length === 0) return { change: null, result: false };
    const event = { type: "files-deleted", by: "system", data: { files: fresh.length, digests: fresh } } as const;
    return { change: { accident: current, events: [event] }, result: false };
  });
  if (isHeld) return false;
  const spare = spareOf(accident, stored);
  if (spare.length > 0) await ctx.blobs.giveUp(spare, before);
  await ctx.photoHashes.forgetOthers(
    accidentId,
    accident.photos.map(({ id }) => id),
  );
  return true;
}

function spareOf<F extends { sha256: string }>(accident: Accident, stored: readonly F[]): F[] {
  const needed = filesNeeded(accident);
  return stored.filter(({ sha256 }) => !needed.has(sha256));
}

const digestsIn = ({ data }: Accident["events"][number]): string[] => (Array.isArray(data.digests) ? data.digests : []);
