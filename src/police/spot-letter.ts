import Joi from "joi";
import { correctSpotLetter } from "../actions/correct-spot-letter.ts";
import { enterSpotLetter } from "../actions/enter-spot-letter.ts";
import type { AccessAct } from "../domain/access.ts";
import type { Letter } from "../domain/accident.ts";
import type { DeterminedDegree } from "../domain/determination.ts";
import { line, note } from "../http/fields.ts";
import { casePage, openCase } from "./case-page.ts";
import { deskOf } from "./do-act.ts";
import type { DeskPage, DeskRequest } from "./page.ts";

interface Body {
  number: string;
  degrees: string;
}

const fields = { number: line(40).min(4).required(), degrees: Joi.string().max(40).required() };

/** The letter that was written on the spot, entered for the record and shown to both drivers. */
export const spotLetterPage: DeskPage<Body> = {
  path: "cases/:id/spot-letter",
  right: "determine",
  template: "police/case.njk",
  body: Joi.object<Body>(fields),
  show: (request) => casePage.show?.(request) ?? {},
  async submit(request) {
    const spot = await openSpot(request, "entered-spot-letter");
    await enterSpotLetter(request.ctx, spot);
    return `/police/cases/${spot.accidentId}`;
  },
};

/** … and corrected by a supervisor, with the reason; what stood before stays in the file. */
export const spotCorrectionPage: DeskPage<Body & { why: string }> = {
  path: "cases/:id/spot-letter/correct",
  right: "replace-letter",
  template: "police/case.njk",
  body: Joi.object<Body & { why: string }>({ ...fields, why: note.min(5).disallow("").required() }),
  show: (request) => casePage.show?.(request) ?? {},
  async submit(request) {
    const spot = await openSpot(request, "corrected-spot-letter");
    await correctSpotLetter(request.ctx, { ...spot, reason: request.body.why });
    return `/police/cases/${spot.accidentId}`;
  },
};

async function openSpot(request: DeskRequest & { body: Body }, act: AccessAct) {
  const { id } = await openCase(request);
  await request.log({ act, accidentId: id });
  const { number, degrees } = request.body;
  const [A = "", B = ""] = degrees.split("-") as DeterminedDegree[];
  return { accidentId: id, by: deskOf(request), number, degrees: { A, B } as Record<Letter, DeterminedDegree> };
}
