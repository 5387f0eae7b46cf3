import Joi from "joi";
import type { Details } from "../domain/accident.ts";
import { agreedDetails } from "../domain/agreement.ts";
import { ASKED_OWNERS, ASKED_USES, CAR_ANSWERS, type CarFields, carFields, carSaid } from "../domain/car.ts";
import { ID_KINDS, type IdKind } from "../domain/id-kind.ts";
import { checkIdNumber, type IdFault } from "../domain/identity-number.ts";
import { checkName, type NameFault } from "../domain/name.ts";
import { checkPhone } from "../domain/phone.ts";
import { checkPlate, VEHICLE_KINDS, vehicleKindOf } from "../domain/plate.ts";
import { line } from "../http/fields.ts";
import type { PartOf, WordKey } from "../render.ts";

/** Posted values after the checks: the serial holds the whole plate, the kind of vehicle is decided. */
export interface DetailsBody extends CarFields {
  /** for the camera (licence.ts); of no meaning when the form is sent */
  licenceConsent?: "yes";
  name: string;
  idKind: IdKind;
  idNumber: string;
  phone: string;
  province: string;
  /** missing where one of the offered plates was chosen */
  serial?: string;
  /** one of those that the photograph may show; what is typed goes before it */
  plateChoice?: string;
  plateSure?: "yes";
  vehicleKind: string;
  vehicleType: string;
  insurerCode: string;
  insurerName: string;
  policyNumber: string;
  /** agrees that these are kept for the next case */
  remember?: "yes";
}

export const PROVINCES = [..."沪苏浙皖京津冀晋蒙辽吉黑闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"];
/** 使, WJ and army plates begin with no province */
export const NO_PROVINCE = "-";
/** "as the plate says": the choice of a driver who leaves the field alone */
export const BY_PLATE = "auto";
export const OTHER_INSURER = "other";
export const UNKNOWN_INSURER = "unknown";

/** File inputs of the same form; the pictures are posted to licence.ts, here at most their names arrive. */
export const LICENCE_INPUTS = ["drivingLicence", "vehicleLicence"] as const;
const licenceInputs = Object.fromEntries(LICENCE_INPUTS.map((name) => [name, Joi.any().strip()]));

/** The sentence of a field, and those of the faults that its own check names. */
type ErrorWord = PartOf<"h5.details.error">;
const word = (field: ErrorWord, ...faults: ErrorWord[]): Record<string, WordKey> =>
  Object.fromEntries(
    [["*", field] as const, ...faults.map((code) => [code, code] as const)].map(([code, part]) => [
      code,
      `h5.details.error.${part}` satisfies WordKey,
    ]),
  );
const ID_WORDS: Record<Exclude<IdFault, "form">, ErrorWord> = {
  "file-number": "idFile",
  date: "idDate",
  checksum: "idChecksum",
};
const FORM_WORDS = ID_KINDS.map((kind) => `idForm.${kind}` as const);
const NAME_WORDS: Record<NameFault, ErrorWord> = {
  empty: "name",
  long: "nameLong",
  letters: "nameLetters",
  invisible: "nameInvisible",
};

type Siblings = Record<string, string | undefined>;
/** Only text: what else was posted there is that field's own mistake. */
const siblings = (helpers: Joi.CustomHelpers): Siblings =>
  Object.fromEntries(
    Object.entries(helpers.state.ancestors[0] as Siblings).filter(([, value]) => typeof value === "string"),
  );
const refuse = (helpers: Joi.CustomHelpers, fault: string) => helpers.error(fault);

function idNumber(typed: string, helpers: Joi.CustomHelpers) {
  const kind = ID_KINDS.find((known) => known === siblings(helpers).idKind) ?? "licence";
  const checked = checkIdNumber(kind, typed);
  if (checked.fault === null) return checked.number;
  return refuse(helpers, checked.fault === "form" ? `idForm.${kind}` : ID_WORDS[checked.fault]);
}

function personName(typed: string, helpers: Joi.CustomHelpers) {
  const checked = checkName(typed);
  return checked.fault === null ? checked.name : refuse(helpers, NAME_WORDS[checked.fault]);
}

/** Accepts a whole plate pasted into the serial. */
const wholePlate = (province: string | undefined, serial: string): string =>
  !province || province === NO_PROVINCE || PROVINCES.includes(serial.trim().slice(0, 1)) ? serial : province + serial;

/** Doubts an unusual plate once; it passes with a tick, as GA 36-2018 has more forms than any list. */
function serial(typed: string, helpers: Joi.CustomHelpers) {
  const { province, plateSure } = siblings(helpers);
  const checked = checkPlate(wholePlate(province, typed));
  if (!checked) return refuse(helpers, "plate");
  return checked.warning && plateSure !== "yes" ? refuse(helpers, "plateDoubt") : checked.plate;
}

function vehicleKind(chosen: string, helpers: Joi.CustomHelpers) {
  if (VEHICLE_KINDS.includes(chosen)) return chosen;
  const { province, serial: typed, plateChoice } = siblings(helpers);
  const plate = checkPlate(typed?.trim() ? wholePlate(province, typed) : (plateChoice ?? ""))?.plate;
  if (chosen !== BY_PLATE) return refuse(helpers, "vehicleKind");
  // no plate at all is one mistake, not two
  return plate ? (vehicleKindOf(plate) ?? refuse(helpers, "vehicleKind")) : chosen;
}

const optional = () => Joi.string().trim().allow("").default("");

export const detailsForm = Joi.object<DetailsBody>({
  name: Joi.string()
    .required()
    .custom(personName)
    .messages(word("name", ...Object.values(NAME_WORDS))),
  idKind: Joi.valid(...ID_KINDS)
    .required()
    .messages(word("idKind")),
  idNumber: Joi.string()
    .trim()
    .required()
    .custom(idNumber)
    .messages(word("idNumber", ...FORM_WORDS, ...Object.values(ID_WORDS))),
  phone: Joi.string()
    .required()
    .custom((typed: string, helpers) => checkPhone(typed) ?? refuse(helpers, "phone"))
    .messages(word("phone")),
  province: Joi.valid(...PROVINCES, NO_PROVINCE)
    .required()
    .messages(word("plate")),
  plateSure: Joi.valid("yes").messages(word("plate")),
  vehicleKind: Joi.string().required().custom(vehicleKind).messages(word("vehicleKind")),
  vehicleType: optional()
    .pattern(/^[\p{Script=Han}()（）]{1,18}[车机]$/u)
    .messages(word("vehicleType")),
  plateChoice: Joi.string()
    .custom((chosen: string, helpers) => checkPlate(chosen)?.plate ?? refuse(helpers, "plate"))
    .messages(word("plate")),
  serial: Joi.string()
    .trim()
    .empty("")
    // biome-ignore lint/suspicious/noThenProperty: the word of joi
    .when("plateChoice", { is: Joi.exist(), then: Joi.optional(), otherwise: Joi.required() })
    .custom(serial)
    .messages(word("plate", "plateDoubt")),
  insurerCode: Joi.string()
    .pattern(/^[A-Za-z0-9_-]{1,20}$/)
    .required()
    .messages(word("insurerCode")),
  insurerName: Joi.when("insurerCode", {
    is: OTHER_INSURER,
    // biome-ignore lint/suspicious/noThenProperty: the word of joi
    then: line(60).required(),
    otherwise: line(60).allow("").default(""),
  }).messages(word("insurerName")),
  policyNumber: optional()
    .custom((typed: string) => typed.normalize("NFKC").replace(/[\s\p{Dash}\p{Cf}]/gu, ""))
    .pattern(/^[A-Za-z0-9]{4,40}$/)
    .messages(word("policyNumber")),
  car: Joi.valid(...CAR_ANSWERS).messages(word("car")),
  carOwner: Joi.valid(...ASKED_OWNERS).messages(word("car")),
  carUse: Joi.valid(...ASKED_USES).messages(word("car")),
  remember: Joi.valid("yes"),
  licenceConsent: Joi.any().strip(),
  ...licenceInputs,
});

export function detailsOf(body: DetailsBody): Details {
  const other = body.insurerCode === OTHER_INSURER;
  return {
    name: body.name,
    idKind: body.idKind,
    idNumber: body.idNumber,
    phone: body.phone,
    plate: body.serial ?? body.plateChoice ?? "",
    vehicleKind: body.vehicleKind,
    ...(body.vehicleType && { vehicleType: body.vehicleType }),
    insurerCode: body.insurerCode,
    insurerName: other ? body.insurerName : null,
    policyNumber: body.policyNumber === "" ? null : body.policyNumber.toUpperCase(),
    ...carSaid(body),
  };
}

/** A plate as the fields of the page have it. */
export function plateFields(plate: string): Pick<DetailsBody, "province" | "serial" | "plateSure"> {
  const head = plate.slice(0, 1);
  const hasProvince = PROVINCES.includes(head);
  return {
    province: hasProvince ? head : NO_PROVINCE,
    serial: hasProvince ? plate.slice(1) : plate,
    plateSure: checkPlate(plate)?.warning ? "yes" : undefined,
  };
}

/** The other way round, to fill the page from what was entered before. */
export function bodyOf(details: Details): DetailsBody {
  return {
    ...agreedDetails(details),
    ...plateFields(details.plate),
    ...carFields(details),
    vehicleKind: vehicleKindOf(details.plate) === details.vehicleKind ? BY_PLATE : details.vehicleKind,
    vehicleType: details.vehicleType ?? "",
    insurerName: details.insurerName ?? "",
    policyNumber: details.policyNumber ?? "",
  };
}
