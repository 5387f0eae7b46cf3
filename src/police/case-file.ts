import { REASONS } from "../domain/access.ts";
import { type Accident, LETTERS, type Letter } from "../domain/accident.ts";
import { isOfAudit } from "../domain/audit.ts";
import { cellOf } from "../domain/case-facets.ts";
import { type CaseFile, caseFileOf } from "../domain/case-file.ts";
import { hasClaimEvent } from "../domain/claim-events.ts";
import { type OfficerAct, possibleActs } from "../domain/desk-acts.ts";
import { type Determination, picturesOf, type Review } from "../domain/determination.ts";
import { NO_DISPUTE, NOT_OURS, waitingForOfficer } from "../domain/dispute.ts";
import { leads, mayDo, SESSION_MS } from "../domain/officer.ts";
import { type LikePicture, otherCases, seenBefore, soughtOf } from "../domain/other-cases.ts";
import { RECUSAL_REASONS } from "../domain/recusal.ts";
import { isLateReview, reviewDay } from "../domain/review.ts";
import { formTime, stampTime } from "./desk-times.ts";
import { districtName } from "./districts.ts";
import { causeOfEvent, factsOfEvent } from "./event-said.ts";
import { insurerName } from "./insurer-name.ts";
import { PAIRS } from "./letter-form.ts";
import { recentRows } from "./looks.ts";
import { officerNames } from "./officer-names.ts";
import type { DeskRequest, Shown } from "./page.ts";
import { ruleBy } from "./rule-by.ts";

const HOUR_MS = 3600_000;

const FIRST: readonly OfficerAct[] = ["take-guidance", "take-application", "give-guidance", "determine"];
const LAST: readonly OfficerAct[] = [
  "release-guidance",
  "release-application",
  "reassign-guidance",
  "reassign-application",
  "recuse",
  "recuse-officer",
];

/** What a case is taken for stands first in the bar, what leaves it to others last. */
const rankOf = (act: OfficerAct): number => (FIRST.includes(act) ? 0 : LAST.includes(act) ? 2 : 1);

/** Everything that the file of a case shows, with the acts that are possible now. */
export async function fileShown(request: DeskRequest, accident: Accident, isShown: boolean): Promise<Shown> {
  const { ctx, t, koa } = request;
  const { catalogue } = ctx.config.rules;
  const file = caseFileOf(accident, catalogue, isShown);
  const now = ctx.clock.now();
  return {
    file,
    isShown,
    reasons: REASONS,
    district: districtName(request, file.district),
    positions: positionsOf(accident),
    time: stampTime,
    label: (key: string, code: string) => t.find(`${key}.${code}`) ?? code,
    insurer: (code: string | null, typed: string | null) =>
      insurerName({ config: ctx.config, language: request.language }, code) ?? typed ?? code ?? "",
    events: eventsFor(request, file).map((event) => eventLine(request, event)),
    photoUrl: (id: string, size: string) => `/police/cases/${file.id}/photos/${id}/${size}`,
    dispute: accident.dispute ?? NO_DISPUTE,
    waiting: waitingForOfficer(accident),
    isDelivered: (ref: string) => hasClaimEvent(accident, ref, "claim-delivered"),
    ruleOf: (letter: Letter) => ruleBy(request, accident, letter),
    pictureNumber: (photoId: string) => picturesOf(accident).find((one) => one.photoId === photoId)?.number ?? "",
    reviewDay,
    isLateReview: (letter: Determination, review: Review) => isLateReview(letter, review, ctx.config.rules.calendar),
    nameOf: await officerNames(request, handlersOf(accident)),
    others: await othersOf(request, accident),
    acts: possibleActs(accident, request.officer).toSorted((one, other) => rankOf(one) - rankOf(other)),
    reasonQuery: await reasonQuery(request, accident),
    acting: koa.method === "POST" ? koa.path.split("/").slice(4).join("/") : "",
    ends: NOT_OURS,
    recusals: RECUSAL_REASONS,
    pairs: PAIRS,
    until: formTime(new Date(now.getTime() + HOUR_MS)),
  };
}

/**
 * For the links to agreement and letters: the reason that this officer gave for this case within the time of
 * a session, as a query; "": none yet, and opening one asks for it.
 */
async function reasonQuery(request: DeskRequest, { id, documents, dispute }: Accident): Promise<string> {
  if (!documents && !dispute?.determinations.length) return "";
  const given = (await recentRows(request, id, SESSION_MS)).find(({ reason }) => reason !== null);
  return given ? `?reason=${given.reason}` : "";
}

/** Where the phones were, as each sent it, with the grid cell by which cases nearby are found. */
function positionsOf({ scene: { positions } }: Accident) {
  return LETTERS.flatMap((letter) => {
    const position = positions[letter];
    if (!position) return [];
    const { lat, lng, crs, accuracyM } = position;
    const point = `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
    return [{ letter, point, crs, accuracyM: accuracyM && Math.round(accuracyM), cell: cellOf(position) }];
  });
}

/** Ids of all officers who stand in a case. */
export function handlersOf({ dispute, events }: Accident): (string | undefined)[] {
  const { guidance, applications, determinations, spotLetter } = dispute ?? NO_DISPUTE;
  return [
    ...[...guidance, ...applications].map(({ handler }) => handler?.officerId),
    ...determinations.flatMap(({ by, withdrawn }) => [by, withdrawn?.by]),
    ...[spotLetter, ...(spotLetter?.earlier ?? [])].map((one) => one?.by),
    ...events.flatMap(({ by, data }) => [officerOf(by), recusedIn(data)]),
  ];
}

const officerOf = (by: string): string | undefined => /^officer:(.+)$/.exec(by)?.[1];

/** The officer whom somebody else has recused, by that event. */
const recusedIn = ({ officer }: CaseFile["events"][number]["data"]): string | undefined =>
  typeof officer === "string" ? officer : undefined;

const MOST_OTHERS = 50;

/**
 * Other cases with a plate or telephone of this one, or a picture like one of it; those of another district
 * are named without a link, those from which this officer is recused not at all.
 */
async function othersOf(request: DeskRequest, accident: Accident) {
  const { ctx, officer } = request;
  const values = soughtOf(accident).map(({ what: kind, value }) => ({ kind, value }));
  const pictures = await likePictures(request, accident);
  const found = [
    ...(await ctx.accidents.listOthers(accident.id, values)),
    ...(await ctx.accidents.findAll(pictures.map(({ accidentId }) => accidentId))),
  ];
  const shown = found.filter(({ recused }) => !recused.includes(officer.id));
  return otherCases(accident, shown, pictures)
    .slice(0, MOST_OTHERS)
    .map((one) => ({
      ...one,
      isReached: leads(officer, one.district),
      districtName: districtName(request, one.district),
    }));
}

/** Of each picture that was seen before, the case whose picture is most like it. */
async function likePictures({ ctx }: DeskRequest, accident: Accident): Promise<LikePicture[]> {
  const found = seenBefore(accident).map(async ({ party, imageHash }) => {
    const like = await ctx.photoHashes.findLike({ accidentId: accident.id, imageHash });
    return like ? [{ party, accidentId: like.accidentId }] : [];
  });
  return (await Promise.all(found)).flat();
}

/** What an audit found stands in the file for auditors alone. */
const eventsFor = ({ officer }: DeskRequest, { events }: CaseFile): CaseFile["events"] =>
  mayDo(officer.role, "draw-sample") ? events : events.filter((event) => !isOfAudit(event));

/** An event's words, who caused it, and what the record says of it. */
function eventLine({ ctx: { config }, t, language }: DeskRequest, event: CaseFile["events"][number]) {
  const { seq, type, by, at, data } = event;
  const reading = { config, t, language };
  return {
    seq,
    at,
    cause: causeOfEvent(by, reading),
    officerId: officerOf(by) ?? null,
    recused: recusedIn(data) ?? null,
    words: t(`police.event.${type}`),
    facts: factsOfEvent(event, reading),
  };
}
