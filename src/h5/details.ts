import { canReadLicences } from "../actions/can-read-licences.ts";
import { giveDetails } from "../actions/give-details.ts";
import { keepDetails } from "../actions/keep-details.ts";
import type { Config } from "../config.ts";
import type { Details } from "../domain/accident.ts";
import { ID_KINDS } from "../domain/id-kind.ts";
import { isDriversAge } from "../domain/identity-number.ts";
import { VEHICLE_KINDS } from "../domain/plate.ts";
import { Invalid } from "../errors.ts";
import type { WordKey } from "../render.ts";
import {
  BY_PLATE,
  bodyOf,
  type DetailsBody,
  detailsForm,
  detailsOf,
  NO_PROVINCE,
  OTHER_INSURER,
  PROVINCES,
  plateFields,
  UNKNOWN_INSURER,
} from "./details-form.ts";
import { type OfferedPlate, offeredPlate } from "./details-plate.ts";
import type { StepPage } from "./page.ts";
import { refusing, requirePrintable } from "./refusals.ts";

/** What is the other driver's cannot be this one's. */
const OTHERS_WORDS = {
  "same-plate": "h5.details.error.samePlate",
  "same-person": "h5.details.error.samePerson",
} satisfies Record<string, WordKey>;
/** Codes of GA/T 16.7 that are listed first because nearly every car is one of them. */
const COMMON_KINDS = ["02", "52", "01", "51", "07", "22"];

/** The fields as entered in this case, else as last time, with the plate that is offered now. */
function prefillOf(before: Details | null, { filled, chosen }: OfferedPlate): object {
  const rest = before ? bodyOf(before) : { idKind: "licence", province: PROVINCES[0], vehicleKind: BY_PLATE };
  if (filled && filled === before?.plate) return rest;
  const fields = filled ? plateFields(filled) : { serial: "", plateSure: undefined };
  // of another car nothing was said yet
  const car = chosen ? {} : { vehicleType: "", car: undefined, carOwner: undefined, carUse: undefined };
  const vehicleKind = chosen ? rest.vehicleKind : BY_PLATE;
  return { ...rest, ...fields, ...car, vehicleKind, plateChoice: chosen ?? undefined };
}

/** The insurers by share, the one of last time first. */
function insurersFor({ insurers }: Config, last: string | undefined): object[] {
  const first = insurers.filter(({ code }) => code === last);
  const rest = insurers.filter(({ code }) => code !== last);
  return [...first, ...rest].map(({ code, zh, en }) => ({ code, zh, en }));
}

/** Page 5: the driver and the car. */
export const detailsPage: StepPage<DetailsBody> = {
  template: "h5/details.njk",
  body: detailsForm,
  show: async ({ ctx, view, person, suggestPlate }) => {
    const kept = await ctx.people.lastDetails(person.id);
    const before = view.me.details ?? kept;
    const plate = offeredPlate(view, { suggestPlate, lastPlate: before?.plate ?? null });
    return {
      prefill: prefillOf(before, plate),
      readPlate: plate.isRead ? plate.filled : null,
      plateChoices: plate.choices,
      remembered: before !== null && view.me.details === null,
      isKept: kept !== null,
      changing: view.me.details !== null,
      canScan: await canReadLicences(ctx),
      asksPlatform: ctx.config.wechat.ocrPerDay > 0,
      idKinds: ID_KINDS,
      provinces: PROVINCES,
      noProvince: NO_PROVINCE,
      byPlate: BY_PLATE,
      commonKinds: COMMON_KINDS,
      otherKinds: VEHICLE_KINDS.filter((kind) => !COMMON_KINDS.includes(kind)),
      insurers: insurersFor(ctx.config, before?.insurerCode),
      otherInsurer: OTHER_INSURER,
      unknownInsurer: UNKNOWN_INSURER,
    };
  },
  submit: async ({ ctx, party, person, body }) => {
    const codes = [...ctx.config.insurers.map(({ code }) => code), OTHER_INSURER, UNKNOWN_INSURER];
    if (!codes.includes(body.insurerCode))
      throw new Invalid("h5.details.error.insurerCode" satisfies WordKey, { field: "insurerCode" });
    if (!isDriversAge(body.idNumber, ctx.clock.now()))
      throw new Invalid("h5.details.error.idAge" satisfies WordKey, { field: "idNumber" });
    await requirePrintable(ctx, { field: "name", text: body.name, code: "h5.details.error.nameGlyph" });
    await requirePrintable(ctx, { field: "vehicleType", text: body.vehicleType });
    await requirePrintable(ctx, { field: "insurerName", text: body.insurerName });
    const input = { ...party, details: detailsOf(body) };
    await refusing(OTHERS_WORDS, () => giveDetails(ctx, input));
    const details = body.remember === "yes" ? input.details : null;
    await keepDetails(ctx, { ...party, personId: person.id, details });
  },
};
