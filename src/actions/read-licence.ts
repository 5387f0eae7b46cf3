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
 * Reads a photographed licence, for its holder to confirm; null: unreadable, to be typed. Our own reader
 * first; WeChat's when that is unsure, the operator allows it and the day's quota lasts. The picture is not
 * stored. Throws Invalid for what is no picture (413, 415, 422) and Busy without capacity.
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
/** A driver looks no longer at a form that does nothing. */
const PATIENCE_MS = 20_000;

/** A full or slow lane is no reason to refuse while the other reader can read. */
async function unlessBusy<T>(ctx: Context, ask: Promise<T>): Promise<T | "busy"> {
  try {
    return await within(ask, { timer: ctx.timer, ms: PATIENCE_MS }, () => "busy" as const);
  } catch (error) {
    if (error instanceof Busy) return "busy";
    throw error;
  }
}

/**
 * Asks WeChat, which takes 2 MB; the picture is sent without metadata such as the position. Plates are read
 * by our own reader only: WeChat's call for them (platenum) has been withdrawn.
 */
async function askPlatform(ctx: Context, { bytes, kind }: ReadLicence): Promise<LicenceReading | null> {
  const { copy } = await ctx.photos.examine(bytes);
  const { wechat } = ctx;
  const read = kind === "driving-licence" ? wechat.readDriverLicence(copy) : wechat.readVehicleLicence(copy);
  return readingOf(kind, (await read) ?? {});
}
