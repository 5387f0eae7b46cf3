import type { Context } from "../context.ts";
import { Busy } from "../errors.ts";
import { within } from "../timer.ts";

/** The form is not held up longer: a reader that is slow to say whether it is there is taken to be there. */
const PATIENCE_MS = 20_000;

/** Whether a picture of a licence can be read here at all: by our own reader or, where the operator allows it, by the platform's. */
export async function canReadLicences(ctx: Context): Promise<boolean> {
  if (ctx.config.wechat.ocrPerDay > 0) return true;
  try {
    return await within(ctx.photos.plates.isAvailable(), { timer: ctx.timer, ms: PATIENCE_MS }, () => true);
  } catch (error) {
    if (error instanceof Busy) return true;
    throw error;
  }
}
