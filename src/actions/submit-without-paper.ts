import type { Context } from "../context.ts";
import { type Accident, type Change, LETTERS } from "../domain/accident.ts";
import { notice } from "./notice.ts";
import { submitClaims } from "./submit-claims.ts";

export interface PaperFault {
  accidentId: string;
  /** why it cannot be made, stable and loggable */
  code: string;
  /** of the job, so far */
  attempts: number;
}

/** Sends the claims without the paper, which cannot be made: logs one error for the operator and tells the drivers that it follows. Does nothing the second time. */
export async function submitWithoutPaper(ctx: Context, { accidentId, code, attempts }: PaperFault): Promise<void> {
  let number: string | null = null;
  await ctx.accidents.change(accidentId, (accident) => {
    const change = withoutPaper(ctx, accident, { code, attempts });
    number = change && accident.number;
    return change;
  });
  if (number) ctx.log.error({ accidentId, number, attempts, code }, "paper.not-made");
}

function withoutPaper(ctx: Context, accident: Accident, data: { code: string; attempts: number }): Change | null {
  if (accident.documents || isPaperDelayed(accident)) return null;
  const { claims, events, outbox } = submitClaims(ctx, accident);
  const after = { ...accident, claims };
  return {
    accident: after,
    events: [{ type: "documents-delayed", by: "system", data }, ...events],
    outbox: [
      ...outbox,
      ...claims.map(({ party }) => notice(after, party, "concluded")),
      ...LETTERS.map((letter) => notice(after, letter, "paper-follows")),
    ],
  };
}

/** The claims went without the paper, and the drivers were told that it follows. */
export const isPaperDelayed = ({ events }: Pick<Accident, "events">): boolean =>
  events.some(({ type }) => type === "documents-delayed");
