import type { Finding, PhotoSlot } from "../domain/photo.ts";
import { type PlateColour, type PlateRun, plateRuns, plateSheet } from "../domain/plate.ts";
import { type View, viewOf } from "../domain/view.ts";
import { Invalid } from "../errors.ts";
import type { Translate } from "../render.ts";
import { prepareInvitation } from "./invitation-card.ts";
import type { PageRequest } from "./page.ts";
import { linksOf } from "./photo-links.ts";

type SeenPhoto = View["photos"][number];

/** A finding as a sentence that says what to do. */
export interface ShownFinding extends Finding {
  text: string;
}

/** The page's answer about one picture while the next one is being taken. */
export interface PhotoAnswer {
  photo: string;
  slot: PhotoSlot;
  /** one of the chat that is delayed is shown as refused: it is to be taken here */
  state: Exclude<SeenPhoto["state"], "delayed">;
  /** why it was not taken, as a sentence that says what to do; only one of the chat is kept as refused */
  refusal: string | null;
  findings: ShownFinding[];
  /** it would have been held back, but it was the third one: nobody is held on the road */
  asItIs: boolean;
  plate: SeenPlate | null;
  /** a link for this viewer, for a quarter of an hour */
  thumb: string | null;
  missing: number;
  next: PhotoSlot | null;
  step: View["step"];
}

/** The plate read from a photo, with its colour and its text in runs. */
export interface SeenPlate {
  plate: string;
  sure: boolean;
  sheet: PlateColour;
  runs: PlateRun[];
}

const shownPlate = ({ plate, sure }: { plate: string; sure: boolean }): SeenPlate => ({
  plate,
  sure,
  sheet: plateSheet(plate),
  runs: plateRuns(plate),
});

export const shownFindings = (photo: Pick<SeenPhoto, "findings">, t: Translate): ShownFinding[] =>
  photo.findings.map((finding) => ({ ...finding, text: t(`evidence.finding.${finding.code}`) }));

export const isAsItIs = ({ findings }: Pick<SeenPhoto, "findings">): boolean =>
  findings.some(({ level }) => level === "blocks");

/** This driver's newest picture of a slot: each driver may have one of the lights or the lines. */
export const newestIn = ({ photos, letter }: View, slot: PhotoSlot): SeenPhoto | null =>
  photos.findLast((photo) => photo.slot === slot && photo.by === letter) ?? null;

/**
 * The answer to a picture that was taken. The case is read anew: what was asked for before is out of date.
 */
export async function photoAnswer(request: PageRequest, slot: PhotoSlot): Promise<PhotoAnswer> {
  const { ctx, party } = request;
  const accident = await ctx.accidents.get(party.accidentId);
  await prepareInvitation(ctx, accident);
  const view = viewOf(accident, party.letter, ctx.config.rules.catalogue);
  const photo = newestIn(view, slot);
  if (!photo) throw new Invalid("photo-missing", { field: slot });
  return answerFor({ ...request, view }, photo);
}

export function answerFor(request: PageRequest, photo: SeenPhoto): PhotoAnswer {
  const { view, t } = request;
  const refusal = photo.state === "delayed" ? "media-delayed" : photo.refusal;
  return {
    photo: photo.id,
    slot: photo.slot,
    state: photo.state === "delayed" ? "refused" : photo.state,
    refusal: refusal && t.find(`evidence.finding.${refusal}`),
    findings: shownFindings(photo, t),
    asItIs: photo.state === "stored" && isAsItIs(photo),
    plate: photo.plate && shownPlate(photo.plate),
    thumb: photo.state === "stored" ? linksOf(request).url(photo.id, "thumb") : null,
    missing: view.missingSlots.length,
    next: view.missingSlots[0] ?? null,
    step: view.step,
  };
}

/** A picture that is held back is told by the sentence of what was found in it. */
export function spokenFault(error: unknown): unknown {
  if (!(error instanceof Invalid) || error.code !== "photo-unusable") return error;
  return new Invalid(`evidence.finding.${String(error.details["finding"])}`, error.details, error.status);
}
