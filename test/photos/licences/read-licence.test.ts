import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { LicenceField, LicenceKind } from "../../../src/domain/licence.ts";
import { createPlateReader } from "../../../src/photos/plates/reader.ts";
import { drivingLicence, sheetOf, vehicleLicence } from "../../support/painted-licences.ts";
import { photographed } from "../../support/photographed.ts";

/** Nobody's: 310100 is the city as a whole, numbers are issued by districts only. */
const DRIVER = {
  number: "310100199001010024",
  name: "欧阳娜娜",
  sex: "女" as const,
  bornOn: "1990-01-01",
  issuedOn: "2012-03-04",
  carClass: "C1",
  validFrom: "2022-03-04",
  validTo: "2032-03-04",
};
const CAR = {
  plate: "沪AD12345",
  vehicleType: "小型越野客车",
  owner: "深圳市样本物流有限公司",
  useCharacter: "非营运",
  model: "大众汽车牌SVW71810",
  vin: "LSVAA0004G2000001",
  engineNumber: "E700001",
  registeredOn: "2021-05-06",
  issuedOn: "2021-05-07",
};

/**
 * Reads in a process of its own, as the server does: only there is the runtime kept from reporting to its
 * maker.
 */
const reader = createPlateReader({ niceness: 0 });
const off = createPlateReader({ isOn: false });
let sheets: { driver: Buffer; car: Buffer; menu: Buffer };
before(async () => {
  const [driver, car, menu] = await Promise.all([
    drivingLicence(DRIVER),
    vehicleLicence(CAR),
    sheetOf(["今日特价", "宫保鸡丁 38元", "米饭 2元"]),
  ]);
  sheets = { driver, car, menu };
});
after(async () => {
  await reader.close();
  await off.close();
});

/** Without the optional packages there is no reader. */
async function read(picture: Buffer, kind: LicenceKind, expected: Partial<Record<LicenceField, string>>) {
  if (!(await reader.isAvailable())) return null;
  const reading = await reader.readLicence(picture, kind);
  const values = Object.keys(expected).map((field) => [field, reading?.fields[field as LicenceField]?.value]);
  assert.deepEqual(Object.fromEntries(values), expected);
  return reading;
}

describe("a photographed licence", () => {
  it("is read upside down and a little blurred; the address is not among what is read", async () => {
    const picture = await photographed(sheets.driver, { turn: 183, blur: 1 });
    const { number, name, bornOn, validTo } = DRIVER;
    const reading = await read(picture, "driving-licence", { number, name, bornOn, validTo });
    if (reading) assert.deepEqual([reading.kind, reading.fields.number?.sure], ["driving-licence", true]);
    assert.doesNotMatch(JSON.stringify(reading), /样本路/);
  });

  it("is read lying on its side, from the side, small and in the dark, and seen for what it is when the other paper was asked for", async () => {
    const picture = await photographed(sheets.car, { turn: 90, slant: 0.2, light: 0.3, noise: 5, share: 0.55 });
    const { plate, vehicleType, vin, owner } = CAR;
    const reading = await read(picture, "driving-licence", { plate, vehicleType, vin, owner });
    if (reading) assert.equal(reading.kind, "vehicle-licence");
  });

  it("that is none, is none", async () => {
    assert.equal(await reader.readLicence(sheets.menu, "driving-licence"), null);
  });

  it("is read by nobody where the reader is switched off", async () => {
    assert.equal(await off.isAvailable(), false);
    assert.equal(await off.readLicence(sheets.driver, "driving-licence"), null);
  });
});
