import type Koa from "koa";
import type { Context } from "../context.ts";
import { type AccessAct, REASONS, type Reason } from "../domain/access.ts";
import { IDLE_MS } from "../domain/officer.ts";
import { isStored } from "../domain/photo.ts";
import { Invalid, NotFound } from "../errors.ts";
import { openCase } from "./case-page.ts";
import { recentRows } from "./looks.ts";
import { type DeskRequest, deskRequest, requireRight } from "./page.ts";

/** A photograph of a case: thumbnail, copy, or the bytes as they were received. */
export async function sendPhoto(ctx: Context, koa: Koa.Context): Promise<void> {
  const request = deskRequest(ctx, koa);
  requireRight(request, "read-case");
  const accident = await openCase(request);
  const { photo: photoId, size } = request.params;
  const photo = accident.photos.filter(isStored).find(({ id }) => id === photoId);
  const sha256 = { thumb: photo?.thumbSha256, copy: photo?.copySha256, original: photo?.sha256 }[String(size)];
  if (!photo || !sha256) throw new NotFound();
  if (size !== "thumb" || !(await isOfPage(request, accident.id)))
    await request.log({ act: "read-photo", accidentId: accident.id });
  const bytes = await ctx.blobs.read(accident, sha256);
  if (size === "original") koa.attachment(`${accident.number}-${photo.id}`);
  sendFile(koa, size === "original" ? "application/octet-stream" : "image/jpeg", bytes);
}

/** True where the officer has just opened a page of the case, whose row stands for its thumbnails as well. */
async function isOfPage(request: DeskRequest, accidentId: string): Promise<boolean> {
  const rows = await recentRows(request, accidentId, IDLE_MS);
  return rows.some(({ act }) => PAGES.has(act));
}
const PAGES: ReadonlySet<AccessAct> = new Set<AccessAct>(["read-case", "showed-data", "read-audit"]);

/**
 * The reason that the address of a look at unmasked data gives. Throws Invalid "no-reason": the answer asks
 * for one.
 */
export function requireReason(koa: Koa.Context): Reason {
  const reason = REASONS.find((one) => one === koa.query["reason"]);
  if (!reason) throw new Invalid("no-reason");
  return reason;
}

/** The agreement as both parties signed it, for the reason of the address. */
export async function sendPaper(ctx: Context, koa: Koa.Context): Promise<void> {
  const request = deskRequest(ctx, koa);
  requireRight(request, "read-case");
  const accident = await openCase(request);
  if (!accident.documents) throw new NotFound();
  await request.log({ act: "read-paper", accidentId: accident.id, reason: requireReason(koa) });
  sendFile(koa, "application/pdf", await ctx.blobs.read(accident, accident.documents.pdfSha256));
}

/** A determination letter as it was printed, by its place among those of the case, from 1; for a reason. */
export async function sendLetter(ctx: Context, koa: Koa.Context): Promise<void> {
  const request = deskRequest(ctx, koa);
  requireRight(request, "read-case");
  const accident = await openCase(request);
  const letter = accident.dispute?.determinations[Number(request.params["letter"]) - 1];
  if (!letter) throw new NotFound();
  await request.log({ act: "read-letter", accidentId: accident.id, reason: requireReason(koa) });
  sendFile(koa, "application/pdf", await ctx.blobs.read(accident, letter.pdfSha256));
}

/** Sends bytes that no page may run. */
export function sendFile(koa: Koa.Context, type: string, bytes: Buffer): void {
  koa.type = type;
  koa.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'");
  koa.body = bytes;
}
