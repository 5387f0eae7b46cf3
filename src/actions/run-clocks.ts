import type { Context } from "../context.ts";
import type { Accident, Change } from "../domain/accident.ts";
import { actOnDispute } from "../domain/act-on-dispute.ts";
import type { DisputeAct } from "../domain/dispute-act.ts";
import { type Clock, type ClockLimits, clocksOf, dueAt } from "../domain/dispute-clocks.ts";
import { disputeRules } from "../domain/dispute-rules.ts";
import { LETTER_ACTS } from "../domain/dispute-table.ts";
import { lawfulTimes } from "../domain/lawful-times.ts";
import { actOnLetter, type LetterAct } from "../domain/letter-acts.ts";
import { letterRules } from "../domain/letter-rules.ts";
import { codeOf } from "../errors.ts";

const AT_ONCE = 100;
/** clocks that may run out in one case at one moment */
const MOST_ACTS = 16;
const HOUR_MS = 3600_000;

/** Does what the clock has to do in disputes by now. Returns the number of acts. */
export async function runClocks(ctx: Context): Promise<number> {
  const at = ctx.clock.now();
  const due = await ctx.disputes.listDue(at, AT_ONCE);
  // nothing lapses by a clock that is wrong
  if (due.length === 0 || !(await ctx.witness.look())) return 0;
  let done = 0;
  for (const id of due) {
    const acts = await runIn(ctx, id, at);
    done += acts;
  }
  return done;
}

/** A case that fails must not stop the others: it comes again in an hour. */
async function runIn(ctx: Context, id: string, at: Date): Promise<number> {
  try {
    const limits = { limits: ctx.config.police.limits, ...lawfulTimes(ctx.config.rules) };
    let accident = await ctx.accidents.get(id);
    let acts = 0;
    for (; acts < MOST_ACTS && dueIn(accident, limits, at); acts++)
      accident = await ctx.accidents.change(accident, (current) => {
        const due = dueIn(current, limits, at);
        return due && act(ctx, current, due.act);
      });
    // the limits were longer when the time was written
    if (acts === 0) await ctx.disputes.moveDue({ id, before: at, to: dueAt(accident, limits) });
    return acts;
  } catch (error) {
    ctx.log.error({ accidentId: id, code: codeOf(error) }, "clocks.failed");
    await ctx.disputes.moveDue({ id, before: at, to: new Date(at.getTime() + HOUR_MS) });
    return 0;
  }
}

function dueIn(accident: Accident, limits: ClockLimits, at: Date): Clock | null {
  const [first] = clocksOf(accident, limits);
  return first && first.at <= at ? first : null;
}

const isOnLetter = (what: DisputeAct | LetterAct): what is LetterAct => what.type in LETTER_ACTS;

const act = (ctx: Context, accident: Accident, what: DisputeAct | LetterAct): Change | null =>
  isOnLetter(what)
    ? actOnLetter(accident, what, letterRules(ctx, accident))
    : actOnDispute(accident, what, disputeRules(ctx, accident));
