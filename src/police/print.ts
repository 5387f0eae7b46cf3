import type Koa from "koa";
import type { Context } from "../context.ts";
import { REASONS } from "../domain/access.ts";
import { type Accident, LETTERS } from "../domain/accident.ts";
import { isOfAudit } from "../domain/audit.ts";
import { caseFileOf, type FiledParty } from "../domain/case-file.ts";
import { NO_DISPUTE } from "../domain/dispute.ts";
import { Invalid } from "../errors.ts";
import type { Translate } from "../render.ts";
import { openCase } from "./case-page.ts";
import { stampTime } from "./desk-times.ts";
import { sendFile } from "./files.ts";
import { deskRequest, requireRight } from "./page.ts";

/**
 * The whole file as one PDF with every photograph, for the court: in Chinese, nothing masked, and logged with
 * the reason of the address. Throws Invalid without one.
 */
export async function sendCasePrint(ctx: Context, koa: Koa.Context): Promise<void> {
  const request = deskRequest(ctx, koa);
  requireRight(request, "print-case");
  const accident = await openCase(request);
  const reason = REASONS.find((one) => one === koa.query["reason"]);
  if (!reason) throw new Invalid("no-reason");
  await request.log({ act: "printed-case", accidentId: accident.id, reason });
  const [zh, en] = [ctx.render.words("zh"), ctx.render.words("en")];
  const both = (of: (t: Translate) => string) => ({ zh: of(zh), en: of(en) });
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
        lines: partyLines(party, zh),
      })),
      { title: both((t) => t("police.print.dispute")), lines: disputeLines(accident, zh) },
      { title: both((t) => t("police.file.history")), lines: historyLines(accident, zh) },
    ],
    photosTitle: both((t) => t("police.queue.photos")),
    photos: await photosOf(ctx, accident, zh),
  });
  sendFile(koa, "application/pdf", pdf);
}

function sceneLines({ scene, movedAt, ended }: Accident, t: Translate): string[] {
  const given = t("police.file.notGiven");
  return [
    `${t("police.file.occurred")} ${stampTime(scene.occurredAt)}`,
    `${t("police.search.place")} ${scene.address ?? given}`,
    `${t("police.file.weather")} ${t.find(`agreement.weather.${scene.weather}`) ?? given}`,
    `${t("police.file.moved")} ${stampTime(movedAt) || t("police.file.notYet")}`,
    ...(ended ? [`${t("police.file.ended")} ${t(`police.end.${ended.code}`)} ${stampTime(ended.at)}`] : []),
  ];
}

function partyLines(party: FiledParty, t: Translate): string[] {
  const { name, idNumber, phone, plate, policyNumber, statement } = party;
  const [own, other] = [statement?.own?.zh ?? "", statement?.other?.zh ?? ""];
  return [
    `${t("police.file.name")} ${name ?? ""}  ${idNumber ?? ""}  ${phone ?? ""}`,
    `${t("police.file.plate")} ${plate ?? ""}  ${t("police.file.policy")} ${policyNumber ?? t("police.file.notGiven")}`,
    ...(statement
      ? [
          `${t("police.file.own")}：${own}`,
          `${t("police.file.other")}：${other}`,
          `${t("police.file.impact")}：${t.find(`agreement.impact.${statement.impact}`) ?? ""}`,
          `${t("police.file.note")}：${statement.note}`,
        ]
      : [t("police.file.notStated")]),
  ];
}

function disputeLines({ dispute }: Accident, t: Translate): string[] {
  const { guidance, applications, determinations, spotLetter } = dispute ?? NO_DISPUTE;
  const lines = [
    ...guidance.flatMap(({ given }) =>
      given ? [`${stampTime(given.at)} ${t(`police.dispute.how.${given.how}`)}：${given.text}`] : [],
    ),
    ...applications.flatMap(({ requests }) =>
      requests.flatMap(({ to, text, askedAt, answer }) => [
        `${stampTime(askedAt)} ${t(`police.file.party.${to}`)}：${text}`,
        ...(answer ? [t("police.dispute.answered", { time: stampTime(answer.at) }) + answer.text] : []),
      ]),
    ),
    ...determinations.map(({ number, content, issuedAt, withdrawn }) => {
      const [a, b] = LETTERS.map((letter) => t(`police.degree.${content.parties[letter].degree}`));
      const degrees = t("police.file.degrees", { a: a ?? "", b: b ?? "" });
      const end = withdrawn
        ? ` ${t("police.letters.state.withdrawn")} ${stampTime(withdrawn.at)} ${withdrawn.reason}`
        : "";
      return `${stampTime(issuedAt)} ${number} ${degrees}${end}`;
    }),
    ...(spotLetter ? [`${stampTime(spotLetter.at)} ${t("police.letters.spot")} ${spotLetter.number}`] : []),
  ];
  return lines.length > 0 ? lines : [t("police.queue.none")];
}

export const historyLines = ({ events }: Accident, t: Translate): string[] =>
  events
    .filter((event) => !isOfAudit(event))
    .map(({ seq, at, by, type }) => {
      const who = t.find(`police.file.party.${by}`) ?? (by.startsWith("officer:") ? t("police.role.officer") : by);
      return `${seq}  ${stampTime(at)}  ${who}  ${t(`police.event.${type}`)}`;
    });

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
