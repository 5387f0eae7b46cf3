import type { Context } from "../context.ts";
import { Busy } from "../errors.ts";
import { within } from "../timer.ts";

/** The form waits no longer: a reader that is slow to answer is assumed to be there. */
const PATIENCE_MS = 20_000;

/**
 * Tells whether pictures of licences can be read here: by our own reader or, if the operator allows it, by
 * the platform's.
 */
export async function canReadLicences(ctx: Context): Promise<boolean> {
  if (ctx.config.wechat.ocrPerDay > 0) return true;
  try {
    return await within(ctx.photos.plates.isAvailable(), { timer: ctx.timer, ms: PATIENCE_MS }, () => true);
  } catch (error) {
    if (error instanceof Busy) return true;
    throw error;
  }
}
