import type { Context } from "../context.ts";
import { isEnough, type LicenceKind, type LicenceReading, mergeReadings } from "../domain/licence.ts";
import { readingOf } from "../domain/licence-fields.ts";
import { Busy } from "../errors.ts";
import { within } from "../timer.ts";

export interface ReadLicence {
  bytes: Buffer;
  kind: LicenceKind;
}

/**
 * What a photographed licence says, to be confirmed by its holder; null: it cannot be read and is typed by hand. Our own reader first; WeChat's
 * where that is not sure, the operator allows it and the day's calls are not used up. The picture is kept nowhere.
 * Throws Invalid for what is no picture (413, 415, 422) and Busy when there is no room.
 */
export async function readLicence(ctx: Context, { bytes, kind }: ReadLicence): Promise<LicenceReading | null> {
  ctx.photos.inspect(bytes);
  const own = await unlessBusy(ctx, ctx.photos.plates.readLicence(bytes, kind));
  if (own !== "busy" && own !== null && isEnough(own)) return own;
  const platform = ctx.config.wechat.ocrPerDay > 0 ? await askPlatform(ctx, { bytes, kind }) : null;
  if (own !== "busy") return mergeReadings(own, platform);
  if (platform) return platform;
  throw new Busy(RETRY_S);
}

const RETRY_S = 10;
/** Longer nobody looks at a form that does nothing. */
const PATIENCE_MS = 20_000;

/** A lane that is full or slow is no reason to send the driver away while somebody else can read. */
async function unlessBusy<T>(ctx: Context, ask: Promise<T>): Promise<T | "busy"> {
  try {
    return await within(ask, { timer: ctx.timer, ms: PATIENCE_MS }, () => "busy" as const);
  } catch (error) {
    if (error instanceof Busy) return "busy";
    throw error;
  }
}

/** The platform takes 2 MB; and what leaves us carries no metadata, such as where it was taken. Its reading of plates (platenum) has left its index of interfaces: plates are read by ourselves only. */
async function askPlatform(ctx: Context, { bytes, kind }: ReadLicence): Promise<LicenceReading | null> {
  const { copy } = await ctx.photos.examine(bytes);
  const { wechat } = ctx;
  const read = kind === "driving-licence" ? wechat.readDriverLicence(copy) : wechat.readVehicleLicence(copy);
  return readingOf(kind, (await read) ?? {});
}
