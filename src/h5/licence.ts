import Joi from "joi";
import { noteLicenceConsent } from "../actions/note-licence-consent.ts";
import { readLicence } from "../actions/read-licence.ts";
import { hasRunOut, type LicenceKind, type LicenceReading, suggestionOf } from "../domain/licence.ts";
import { type AppError, Busy, Invalid } from "../errors.ts";
import { askPaced, countPaced } from "../http/pace.ts";
import type { UploadedFile } from "../http/upload.ts";
import { sentence } from "../http/validate.ts";
import type { PartOf, WordKey } from "../render.ts";
import { detailsPage } from "./details.ts";
import { LICENCE_INPUTS } from "./details-form.ts";
import { type Filled, fillIn, type Typed } from "./licence-fill.ts";
import { type PageRequest, type PartyPage, pageUrl, ShownAgain, type StepRequest } from "./page.ts";
import { today } from "./times.ts";

const FIELDS =
  "name idKind idNumber phone province serial plateChoice plateSure vehicleKind vehicleType insurerCode insurerName policyNumber car carOwner carUse remember licenceConsent".split(
    " ",
  );

const readingsOf = ({ person }: Pick<PageRequest, "person">) => ({ pace: "licences", whose: person.id }) as const;

/** Fills the form of page 5 from photographed licences. Neither picture nor reading is stored. */
export const licencePage: PartyPage<Typed> = {
  path: "details/licence",
  template: "h5/details.njk",
  openWith: ["details"],
  multipart: true,
  brake: (request) => askPaced(request.ctx, readingsOf(request)),
  // whatever stands in the form by now comes along; it is judged when it is sent for good
  body: Joi.object<Typed>(Object.fromEntries(FIELDS.map((name) => [name, Joi.string().allow("").max(200)]))),
  // the form itself posts to its own page
  show: async (request) => ({ ...(await shownDetails(request)), self: pageUrl(request.view.id, "details") }),
  async submit(request) {
    // a consent of its own, before a picture is looked at (PIPL art. 29)
    if (request.body.licenceConsent !== "yes")
      throw new Invalid("h5.consent.error.licence" satisfies WordKey, { field: "licenceConsent" });
    await noteLicenceConsent(request.ctx, request.party);
    const { readings, errors } = await readAll(request);
    const { prefill } = await shownDetails(request);
    const suggestion = Object.assign({}, ...readings.map(suggestionOf));
    const filled = fillIn(request.body, prefill, suggestion);
    const ranOut = readings.some((reading) => hasRunOut(reading, today(request.ctx.clock.now())));
    return answered(request, { filled, errors, ranOut });
  },
};

const shownDetails = async (request: PageRequest) => (await detailsPage.show?.(request)) as { prefill: Typed };

interface Outcome {
  filled: Filled;
  errors: Record<string, string>;
  ranOut: boolean;
}

function answered({ t }: StepRequest<Typed>, { filled, errors, ranOut }: Outcome): ShownAgain {
  const notes = Object.entries(filled.notes).map(([field, { word, value }]) => [
    field,
    {
      text: t(`h5.licence.${word}`, {
        value: field === "vehicleKind" ? (t.find(`agreement.vehicle.${value}`) ?? value) : value,
      }),
      isFilled: word !== "differs",
    },
  ]);
  const scan = { notes: Object.fromEntries(notes), ranOut };
  const message = t(ranOut ? "h5.licence.ranOut" : "h5.licence.filled");
  return new ShownAgain(
    { values: filled.values as Record<string, string>, errors, scan },
    { values: filled.values, notes: scan.notes, message, ranOut },
  );
}

type Read = Pick<Outcome, "errors"> & { readings: LicenceReading[] };

/** One picture that cannot be read does not spoil the other; where none can be, that is the answer. */
async function readAll(request: StepRequest<Typed>): Promise<Read> {
  const { files, t } = request;
  if (files.length === 0) throw new Invalid("h5.licence.missing" satisfies WordKey, { field: LICENCE_INPUTS[0] });
  const readings: LicenceReading[] = [];
  const faults: Invalid[] = [];
  for (const file of files) {
    const read = await readOne(request, file);
    if (read instanceof Invalid) faults.push(read);
    else readings.push(read);
  }
  const [first] = faults;
  if (first && readings.length === 0) throw first;
  return {
    readings,
    errors: Object.fromEntries(faults.map(({ code, details }) => [details["field"], sentence(t, code)])),
  };
}

async function readOne(request: PageRequest, { field, bytes }: UploadedFile): Promise<LicenceReading | Invalid> {
  const { ctx } = request;
  const kind = KINDS[field];
  if (!kind) throw new Invalid("unknown-field", { field });
  await countPaced(ctx, readingsOf(request));
  try {
    return (
      (await readLicence(ctx, { bytes, kind })) ?? new Invalid("h5.licence.unreadable" satisfies WordKey, { field })
    );
  } catch (error) {
    if (!(error instanceof Invalid || error instanceof Busy)) throw error;
    return spoken(error, field);
  }
}

const KINDS: Record<string, LicenceKind> = { drivingLicence: "driving-licence", vehicleLicence: "vehicle-licence" };

/** A picture that cannot be read shows the form again, with everything that was typed. */
function spoken({ code, status, details }: AppError, field: string): Invalid {
  const word = WORDS[code] ?? "unreadable";
  return new Invalid(`h5.licence.${word}` satisfies WordKey, { ...details, field }, status);
}

const WORDS: Record<string, PartOf<"h5.licence">> = {
  busy: "busy",
  "photo-heic": "heic",
  "photo-too-large": "tooLarge",
  "photo-too-many-pixels": "tooLarge",
};
