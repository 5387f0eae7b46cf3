import { type Accident, LETTERS, type Letter } from "../domain/accident.ts";
import { isOfAudit } from "../domain/audit.ts";
import type { FiledParty } from "../domain/case-file.ts";
import type { Determination, DeterminedDegree } from "../domain/determination.ts";
import { type Application, type Guidance, NO_DISPUTE, type SpotLetter } from "../domain/dispute.ts";
import { isLateReview, reviewDay } from "../domain/review.ts";
import type { WorkingCalendar } from "../domain/working-days.ts";
import type { Translate } from "../render.ts";
import { stampTime } from "./desk-times.ts";
import { causeOfEvent, factsOfEvent, type Reading } from "./event-said.ts";

/** Name, number and role of an officer by the account's id. */
type NameOf = (id: string | null | undefined) => string;

/** What the lines of a dispute are said with. */
interface Wording {
  t: Translate;
  nameOf: NameOf;
  /** by which a review was asked for in time, or late */
  calendar: WorkingCalendar;
}

/** Where, when and how the accident happened, and how the case ended. */
export function sceneLines({ scene, movedAt, ended }: Accident, t: Translate): string[] {
  const given = t("police.file.notGiven");
  return [
    `${t("police.file.occurred")} ${stampTime(scene.occurredAt)}`,
    `${t("police.search.place")} ${scene.address ?? given}`,
    `${t("police.file.weather")} ${t.find(`agreement.weather.${scene.weather}`) ?? given}`,
    `${t("police.file.moved")} ${stampTime(movedAt) || t("police.file.notYet")}`,
    ...(ended ? [`${t("police.file.ended")} ${t(`police.end.${ended.code}`)} ${stampTime(ended.at)}`] : []),
  ];
}

/** A party with its vehicle, insurer and statement. */
export function partyLines(
  party: FiledParty,
  t: Translate,
  insurerOf: (code: string | null) => string | null,
): string[] {
  const { name, idKind, idNumber, phone, plate, vehicleKind, insurerCode, insurerName, policyNumber, statement } =
    party;
  const given = (text: string | null | undefined) => text ?? t("police.file.notGiven");
  const insurer = insurerOf(insurerCode) ?? insurerName ?? insurerCode;
  return [
    `${t("police.file.name")} ${name ?? ""}  ${t.find(`agreement.idKind.${idKind}`) ?? ""} ${idNumber ?? ""}  ${phone ?? ""}`,
    `${t("police.file.plate")} ${plate ?? ""}  ${t("police.file.vehicle")} ${given(t.find(`agreement.vehicle.${vehicleKind}`))}`,
    `${t("police.file.insurer")} ${given(insurer)}  ${t("police.file.policy")} ${given(policyNumber)}`,
    ...(statement
      ? [
          `${t("police.file.own")}：${statement.own?.zh ?? ""}`,
          `${t("police.file.other")}：${statement.other?.zh ?? ""}`,
          `${t("police.file.impact")}：${t.find(`agreement.impact.${statement.impact}`) ?? ""}`,
          `${t("police.file.note")}：${statement.note}`,
        ]
      : [t("police.file.notStated")]),
  ];
}

/** All that the police were asked for and did; requests and proposals that came to nothing included. */
export function disputeLines({ dispute }: Pick<Accident, "dispute">, wording: Wording): string[] {
  const { guidance, applications, determinations, spotLetter } = dispute ?? NO_DISPUTE;
  const lines = [
    ...guidance.flatMap((one) => guidanceLines(one, wording)),
    ...applications.flatMap((one) => applicationLines(one, wording)),
    ...determinations.flatMap((one) => letterLines(one, wording)),
    ...(spotLetter ? spotLines(spotLetter, wording) : []),
  ];
  return lines.length > 0 ? lines : [wording.t("police.queue.none")];
}

const partyOf = (letter: Letter, t: Translate): string => t(`police.file.party.${letter}`);
const handled = (handler: { officerId: string } | null, nameOf: NameOf): string =>
  handler ? `  ${nameOf(handler.officerId)}` : "";

function guidanceLines({ askedAt, askedBy, state, handler, given }: Guidance, { t, nameOf }: Wording): string[] {
  const asked = t("police.dispute.askedBy", { party: partyOf(askedBy, t) });
  const title = t("police.queue.kind.guidance");
  return [
    `${stampTime(askedAt)} ${title} ${asked}  ${t(`police.dispute.guidanceState.${state}`)}${handled(handler, nameOf)}`,
    ...(given ? [`${stampTime(given.at)} ${t(`police.dispute.how.${given.how}`)}：${given.text}`] : []),
    ...(given?.textEn ? [given.textEn] : []),
  ];
}

function applicationLines(application: Application, { t, nameOf }: Wording): string[] {
  const { proposedAt, proposedBy, appliedAt, state, handler, requests, returned } = application;
  const proposed = t("police.dispute.proposedBy", { party: partyOf(proposedBy, t) });
  const title = t("police.queue.kind.application");
  return [
    `${stampTime(proposedAt)} ${title} ${proposed}  ${t(`police.dispute.applicationState.${state}`)}${handled(handler, nameOf)}`,
    ...(appliedAt ? [`${stampTime(appliedAt)} ${t("police.event.application-agreed")}`] : []),
    ...requests.flatMap(({ to, what, text, askedAt, until, answer, lapsedAt }) => {
      const wanted = { party: partyOf(to, t), what: t(`police.act.evidenceWhat.${what}`), until: stampTime(until) };
      return [
        `${stampTime(askedAt)} ${t("police.dispute.asked", wanted)}${text}`,
        ...(answer ? [t("police.dispute.answered", { time: stampTime(answer.at) }) + answer.text] : []),
        ...(lapsedAt ? [t("police.dispute.notAnswered", { time: stampTime(lapsedAt) })] : []),
      ];
    }),
    ...(returned
      ? [`${stampTime(returned.at)} ${t(`police.dispute.returned.${returned.reason}`)} ${returned.text}`]
      : []),
  ];
}

/** A letter with all that art. 24 wants recorded: content, service, receipt or its refusal, reviews. */
function letterLines(letter: Determination, { t, nameOf, calendar }: Wording): string[] {
  const { number, content, issuedAt, by, replaces, withdrawn, served, receipts, reviews } = letter;
  const pictures = content.evidence.map(({ number: n }) => t("police.dispute.picture", { n }));
  return [
    `${stampTime(issuedAt)} ${t("police.event.letter-issued")} ${number}  ${nameOf(by)}`,
    ...(replaces === null ? [] : [`${t("determination.label.replaces")} ${replaces}`]),
    `${t("police.determine.facts")}：${content.facts}`,
    `${t("police.determine.causes")}：${content.causes}`,
    `${t("police.determine.articles")}：${content.articles.join("；")}`,
    `${t("determination.section.evidence")}：${pictures.join("、")}`,
    `${t("police.determine.degrees")}：${degrees(t, (one) => content.parties[one].degree)}`,
    ...LETTERS.map((one) => {
      const [service, receipt] = [served[one], receipts[one]];
      const came = service
        ? t(`police.letters.served.${service.how}`, { time: stampTime(service.at) })
        : t("police.letters.notServed");
      const said = receipt ? `  ${t(`police.letters.receipt.${receipt.how}`)} ${stampTime(receipt.at)}` : "";
      return `${partyOf(one, t)}：${came}${said}`;
    }),
    ...reviews.map((one) => {
      const asked = { party: partyOf(one.by, t), day: reviewDay(one), time: stampTime(one.at) };
      const late = isLateReview(letter, one, calendar) ? `  ${t("police.letters.reviewLate")}` : "";
      return t("police.letters.review", asked) + late;
    }),
    ...(withdrawn
      ? [t("police.letters.withdrawn", { time: stampTime(withdrawn.at), who: nameOf(withdrawn.by) }) + withdrawn.reason]
      : []),
  ];
}

function spotLines(spot: SpotLetter, { t, nameOf }: Wording): string[] {
  const line = ({ at, number, degrees: of, by }: Omit<SpotLetter, "earlier">) =>
    `${stampTime(at)} ${t("police.letters.spot")} ${number}  ${degrees(t, (one) => of[one])}  ${nameOf(by)}`;
  const earlier = spot.earlier ?? [];
  return [...earlier.map((one) => `${t("police.letters.spotEarlier")}${line(one)}  ${one.reason}`), line(spot)];
}

function degrees(t: Translate, of: (letter: Letter) => DeterminedDegree): string {
  const [a = "", b = ""] = LETTERS.map((letter) => t(`police.degree.${of(letter)}`));
  return t("police.file.degrees", { a, b });
}

/** The record, each officer by name, number and role. What an audit found is no part of it. */
export const historyLines = ({ events }: Pick<Accident, "events">, reading: Reading, nameOf: NameOf): string[] =>
  events
    .filter((event) => !isOfAudit(event))
    .map((event) => {
      const { seq, at, by, type, data } = event;
      const who = by.startsWith("officer:") ? nameOf(by.slice("officer:".length)) : causeOfEvent(by, reading);
      const about = typeof data["officer"] === "string" ? `  ${nameOf(data["officer"])}` : "";
      const facts = factsOfEvent(event, reading);
      const words = `${reading.t(`police.event.${type}`)}${about}${facts && `  ${facts}`}`;
      return `${seq}  ${stampTime(at)}  ${who}  ${words}`;
    });
