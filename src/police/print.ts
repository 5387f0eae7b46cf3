import type Koa from "koa";
import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import { caseFileOf } from "../domain/case-file.ts";
import type { Translate } from "../render.ts";
import { handlersOf } from "./case-file.ts";
import { openCase } from "./case-page.ts";
import { stampTime } from "./desk-times.ts";
import { requireReason, sendFile } from "./files.ts";
import { insurerName } from "./insurer-name.ts";
import { officerNames } from "./officer-names.ts";
import { deskRequest, requireRight } from "./page.ts";
import { disputeLines, historyLines, partyLines, sceneLines } from "./print-lines.ts";

/**
 * The whole file as one PDF with every photograph, for the court: in Chinese, nothing masked, and logged with
 * the reason of the address. Throws Invalid without one.
 */
export async function sendCasePrint(ctx: Context, koa: Koa.Context): Promise<void> {
  const request = deskRequest(ctx, koa);
  requireRight(request, "print-case");
  const accident = await openCase(request);
  const reason = requireReason(koa);
  await request.log({ act: "printed-case", accidentId: accident.id, reason });
  const [zh, en] = [ctx.render.words("zh"), ctx.render.words("en")];
  const reading = { config: ctx.config, t: zh, language: "zh" } as const;
  const both = (of: (t: Translate) => string) => ({ zh: of(zh), en: of(en) });
  const nameOf = await officerNames({ ctx, t: zh }, handlersOf(accident));
  const file = caseFileOf(accident, ctx.config.rules.catalogue, true);
  const pdf = await ctx.documents.caseFile({
    madeAt: ctx.clock.now(),
    frame: {
      title: both((t) => t("police.print.title")),
      number: { label: both((t) => t("police.search.number")), text: accident.number },
      digest: { label: both((t) => t("police.print.lastEvent")), text: accident.events.at(-1)?.hash ?? "" },
      pageOf: (n, of) => both((t) => t("police.print.page", { n, of })),
    },
    sections: [
      { title: both((t) => t("police.file.scene")), lines: sceneLines(accident, zh) },
      ...file.parties.map((party) => ({
        title: both((t) => t(`police.file.party.${party.letter}`)),
        lines: partyLines(party, zh, (code) => insurerName(reading, code)),
      })),
      {
        title: both((t) => t("police.print.dispute")),
        lines: disputeLines(accident, { t: zh, nameOf, calendar: ctx.config.rules.calendar }),
      },
      {
        title: both((t) => t("police.file.history")),
        lines: historyLines(accident, reading, nameOf),
      },
    ],
    photosTitle: both((t) => t("police.queue.photos")),
    photos: await photosOf(ctx, accident, zh),
  });
  sendFile(koa, "application/pdf", pdf);
}

/** One after the other: a case may hold many pictures. */
async function photosOf(ctx: Context, accident: Accident, t: Translate) {
  const photos = [];
  for (const [at, photo] of caseFileOf(accident, ctx.config.rules.catalogue, true).photos.entries()) {
    const [slot, party] = [t(`police.slot.${photo.slot}`), t(`police.file.party.${photo.by}`)];
    const copy = await ctx.blobs.read(accident, photo.copySha256);
    photos.push({
      caption: `${t("police.file.photo", { n: at + 1, slot, party })} ${t("police.file.received", { time: stampTime(photo.receivedAt) })}`,
      sha256: photo.sha256,
      copy,
    });
  }
  return photos;
}
