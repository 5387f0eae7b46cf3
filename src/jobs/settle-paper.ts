import { renderDocuments } from "../actions/render-documents.ts";
import { submitClaims } from "../actions/submit-claims.ts";
import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import { codeOf, NotFound, Upstream } from "../errors.ts";

export interface SettlePaper {
  accidentId: string;
  /** attempts of the job, this one included; default 1 */
  attempts?: number;
}

/** How long claims wait for the paper: three attempts half a minute apart, at most five minutes. */
const PATIENCE = { attempts: 3, ms: 5 * 60_000 };

/**
 * Renders the concluded agreement, then submits the claims. Does nothing the second time. When the paper
 * cannot be made in time the claims go without it, and the drivers get it later.
 */
export async function settlePaper(ctx: Context, { accidentId, attempts = 1 }: SettlePaper): Promise<Accident> {
  const accident = await ctx.accidents.get(accidentId);
  if (accident.documents || !accident.concludedAt) return accident;
  // An attempt that killed the process, or hung, could not report its failure.
  if (attempts > PATIENCE.attempts) await submitClaims(ctx, { accidentId, paper: { attempts, code: "no-outcome" } });
  return submitClaims(ctx, { accidentId, paper: await renderOrGoOn(ctx, accident, attempts) });
}

/**
 * Throws what rendering throws; after the third failure, or five minutes, the claims go first. A missing file
 * is retried, because it may be restored.
 */
async function renderOrGoOn(ctx: Context, accident: Accident, attempts: number) {
  try {
    return await renderDocuments(ctx, { accident });
  } catch (error) {
    const waitedMs = ctx.clock.now().getTime() - (accident.concludedAt as Date).getTime();
    const fault = { attempts, code: codeOf(error) };
    if (attempts >= PATIENCE.attempts || waitedMs >= PATIENCE.ms)
      await submitClaims(ctx, { accidentId: accident.id, paper: fault });
    throw error instanceof NotFound ? new Upstream("paper-file-missing", {}, true, error) : error;
  }
}
