import Joi, { type ObjectSchema } from "joi";
import { Upstream } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { Metrics } from "../../metrics.ts";
import type { Caller } from "./caller.ts";
import { nextQuotaDay } from "./errcodes.ts";
import type { QuotaStore } from "./ports.ts";

/** Fields read from a vehicle licence (行驶证): suggestions, each may be empty or wrong; dates as printed. */
export interface VehicleLicence {
  plate: string;
  vehicleType: string;
  owner: string;
  model: string;
  vin: string;
  engineNumber: string;
  useCharacter: string;
  registeredOn: string;
  issuedOn: string;
}

/** Fields read from a driving licence (驾驶证). */
export interface DriverLicence {
  number: string;
  name: string;
  carClass: string;
  validFrom: string;
  validTo: string;
}

/** Fields read from one side of an identity card. */
export interface IdCard {
  side: "front" | "back";
  name: string;
  number: string;
  validDate: string;
}

export interface Ocr {
  /**
   * All three return a suggestion to confirm, or null when the platform cannot read it, is unreachable, or
   * the day's quota is used up.
   */
  readVehicleLicence(image: Buffer): Promise<VehicleLicence | null>;
  readDriverLicence(image: Buffer): Promise<DriverLicence | null>;
  readIdCard(image: Buffer): Promise<IdCard | null>;
}

export interface OcrOptions {
  quotas: QuotaStore;
  now: () => number;
  log: Log;
  /** Free calls a day, shared by all kinds of document. */
  perDay: number;
  metrics?: Pick<Metrics, "ocr"> | undefined;
}

const IMAGE_BYTES = 2_000_000;
const OCR_TIMEOUT_MS = 8_000;
const word = Joi.string().allow("").max(200).default("");
const words = (...names: string[]) => Object.fromEntries(names.map((name) => [name, word]));

const vehicleSchema = Joi.object<Record<string, string>>(
  words(
    "plate_num",
    "vehicle_type",
    "owner",
    "model",
    "vin",
    "engine_num",
    "use_character",
    "register_date",
    "issue_date",
  ),
);
const driverSchema = Joi.object<Record<string, string>>(words("id_num", "name", "car_class", "valid_from", "valid_to"));
const idCardSchema = Joi.object<Record<string, string>>({
  ...words("name", "id", "valid_date"),
  type: Joi.string().valid("Front", "Back").required(),
});

/** Creates the platform's document reader. It only suggests: its failure never blocks a driver. */
export function createOcr(caller: Caller, { quotas, now, log, perDay, metrics }: OcrOptions): Ocr {
  async function read<T>(path: string, image: Buffer, schema: ObjectSchema<T>): Promise<T | null> {
    if (image.length > IMAGE_BYTES) return null;
    const dayEnd = nextQuotaDay(now());
    const mayAsk = await quotas.count(`ocr:${dayEnd}`, perDay, dayEnd);
    metrics?.ocr(mayAsk ? "taken" : "used-up");
    if (!mayAsk) return null;
    const form = new FormData();
    form.append("img", new Blob([new Uint8Array(image)]), "img");
    try {
      return await caller.json({ method: "POST", path, form, timeoutMs: OCR_TIMEOUT_MS }, schema);
    } catch (error) {
      if (!(error instanceof Upstream)) throw error;
      log.info({ path, code: error.code }, "wechat.no-suggestion");
      return null;
    }
  }

  return {
    // `driving` is the vehicle's licence, `drivinglicense` the driver's.
    async readVehicleLicence(image) {
      const w = await read("/cv/ocr/driving", image, vehicleSchema);
      return (
        w && {
          plate: w["plate_num"] ?? "",
          vehicleType: w["vehicle_type"] ?? "",
          owner: w["owner"] ?? "",
          model: w["model"] ?? "",
          vin: w["vin"] ?? "",
          engineNumber: w["engine_num"] ?? "",
          useCharacter: w["use_character"] ?? "",
          registeredOn: w["register_date"] ?? "",
          issuedOn: w["issue_date"] ?? "",
        }
      );
    },
    async readDriverLicence(image) {
      const w = await read("/cv/ocr/drivinglicense", image, driverSchema);
      return (
        w && {
          number: w["id_num"] ?? "",
          name: w["name"] ?? "",
          carClass: w["car_class"] ?? "",
          validFrom: w["valid_from"] ?? "",
          validTo: w["valid_to"] ?? "",
        }
      );
    },
    async readIdCard(image) {
      const w = await read("/cv/ocr/idcard", image, idCardSchema);
      return (
        w && {
          side: w["type"] === "Back" ? "back" : "front",
          name: w["name"] ?? "",
          number: w["id"] ?? "",
          validDate: w["valid_date"] ?? "",
        }
      );
    },
  };
}
