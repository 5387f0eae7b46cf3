import type { Context } from "../context.ts";
import { LONGEST_TAKEN_MS } from "../domain/letter-number.ts";

const AT_ONCE = 100;

/**
 * Settles numbers that were taken long ago: one whose letter is stored is issued (the process died in
 * between), any other is void. Returns how many.
 */
export async function voidLetterNumbers(ctx: Context): Promise<number> {
  const before = new Date(ctx.clock.now().getTime() - LONGEST_TAKEN_MS);
  const taken = await ctx.letterNumbers.listTaken(before, AT_ONCE);
  for (const { number, accidentId } of taken) {
    const accident = await ctx.accidents.find(accidentId);
    const letter = accident?.dispute?.determinations.find((one) => one.number === number);
    if (letter) await ctx.letterNumbers.issue(number, letter.issuedAt);
    else if (await ctx.letterNumbers.void(number, "not-issued")) ctx.log.warn({ number }, "letter.number-void");
  }
  return taken.length;
}
