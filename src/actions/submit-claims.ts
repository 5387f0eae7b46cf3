import type { Context } from "../context.ts";
import { type Accident, type Change, LETTERS, type NewEvent } from "../domain/accident.ts";
import { claimsToSubmit } from "../domain/claim-submission.ts";
import { notice } from "../domain/notice.ts";
import { isPaperDelayed, type Paper } from "../domain/paper.ts";

/** Why the paper cannot be made. */
export interface PaperFault {
  /** stable and loggable */
  code: string;
  /** attempts of the job so far */
  attempts: number;
}

export interface SubmitClaims {
  accidentId: string;
  /** the rendered agreement, or why the claims go without it */
  paper: Paper | PaperFault;
}

/**
 * Submits the claims of a concluded agreement with its paper, one per party that allowed it, in one write.
 * When the paper cannot be made they go without it: an error is logged for the operator, and the drivers are
 * told that it follows. Paper that is made later is added and told. Does nothing the second time.
 */
export async function submitClaims(ctx: Context, { accidentId, paper }: SubmitClaims): Promise<Accident> {
  if ("pdfSha256" in paper) return ctx.accidents.change(accidentId, (accident) => withPaper(ctx, accident, paper));
  const { accident, result } = await ctx.accidents.decide(accidentId, (current) => {
    const change = withoutPaper(ctx, current, paper);
    return { change, result: change !== null };
  });
  const { code, attempts } = paper;
  if (result) ctx.log.error({ accidentId, number: accident.number, attempts, code }, "paper.not-made");
  return accident;
}

function withPaper(ctx: Context, accident: Accident, paper: Paper): Change | null {
  if (accident.documents) return null;
  const rendered: Accident = { ...accident, documents: { ...paper, renderedAt: ctx.clock.now() } };
  const pdf = ctx.vault.digest(accident.key, paper.pdfSha256);
  const event: NewEvent = { type: "documents-rendered", by: "system", data: { pdf } };
  if (isPaperDelayed(accident)) {
    const outbox = LETTERS.map((letter) => notice(rendered, letter, "paper-made"));
    return { accident: rendered, events: [event], outbox };
  }
  return withClaims(ctx, rendered, event);
}

function withoutPaper(ctx: Context, accident: Accident, { attempts, code }: PaperFault): Change | null {
  if (accident.documents || isPaperDelayed(accident)) return null;
  const event: NewEvent = { type: "documents-delayed", by: "system", data: { attempts, code } };
  const change = withClaims(ctx, accident, event);
  const follows = LETTERS.map((letter) => notice(accident, letter, "paper-follows"));
  return { ...change, outbox: [...change.outbox, ...follows] };
}

function withClaims(ctx: Context, accident: Accident, event: NewEvent) {
  const { claims, events, outbox } = claimsToSubmit(ctx, accident);
  return { accident: { ...accident, claims }, events: [event, ...events], outbox };
}
