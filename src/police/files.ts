import type Koa from "koa";
import type { Context } from "../context.ts";
import { isStored } from "../domain/photo.ts";
import { NotFound } from "../errors.ts";
import { openCase } from "./case-page.ts";
import { deskRequest, requireRight } from "./page.ts";

/** A photograph of a case: thumbnail, copy, or the bytes as they were received. */
export async function sendPhoto(ctx: Context, koa: Koa.Context): Promise<void> {
  const request = deskRequest(ctx, koa);
  requireRight(request, "read-case");
  const accident = await openCase(request);
  const { photo: photoId, size } = request.params;
  const photo = accident.photos.filter(isStored).find(({ id }) => id === photoId);
  const sha256 = { thumb: photo?.thumbSha256, copy: photo?.copySha256, original: photo?.sha256 }[String(size)];
  if (!photo || !sha256) throw new NotFound();
  if (size !== "thumb") await request.log({ act: "read-photo", accidentId: accident.id });
  const bytes = await ctx.blobs.read(accident, sha256);
  if (size === "original") koa.attachment(`${accident.number}-${photo.id}`);
  sendFile(koa, size === "original" ? "application/octet-stream" : "image/jpeg", bytes);
}

/** The agreement as both parties signed it. */
export async function sendPaper(ctx: Context, koa: Koa.Context): Promise<void> {
  const request = deskRequest(ctx, koa);
  requireRight(request, "read-case");
  const accident = await openCase(request);
  if (!accident.documents) throw new NotFound();
  await request.log({ act: "read-paper", accidentId: accident.id });
  sendFile(koa, "application/pdf", await ctx.blobs.read(accident, accident.documents.pdfSha256));
}

/** A determination letter as it was printed, by its place among those of the case, from 1. */
export async function sendLetter(ctx: Context, koa: Koa.Context): Promise<void> {
  const request = deskRequest(ctx, koa);
  requireRight(request, "read-case");
  const accident = await openCase(request);
  const letter = accident.dispute?.determinations[Number(request.params["letter"]) - 1];
  if (!letter) throw new NotFound();
  await request.log({ act: "read-letter", accidentId: accident.id });
  sendFile(koa, "application/pdf", await ctx.blobs.read(accident, letter.pdfSha256));
}

/** Sends bytes that no page may run. */
export function sendFile(koa: Koa.Context, type: string, bytes: Buffer): void {
  koa.type = type;
  koa.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'");
  koa.body = bytes;
}
