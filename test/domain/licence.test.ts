import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  hasRunOut,
  isEnough,
  type LicenceField,
  type LicenceReading,
  mergeReadings,
  suggestionOf,
} from "../../src/domain/licence.ts";
import { licenceField, readingOf } from "../../src/domain/licence-fields.ts";

const sure = (value: string) => ({ value, sure: true });
const unsure = (value: string) => ({ value, sure: false });

describe("a field of a licence", () => {
  const CASES: [LicenceField, string, string | null, boolean?][] = [
    ["number", "310101199003077413", "310101199003077413", true],
    ["number", "31010119900307741３", "310101199003077413", true],
    ["number", "3I0101199OO3O77413", "310101199003077413", true],
    ["number", "310101199003077414", "310101199003077414", false],
    ["number", "310***********7413", null],
    ["number", "E12345678", "E12345678", false],
    ["number", "License", null],
    ["name", " 张 伟 ", "张伟", true],
    ["name", "阿依古丽•买买提", "阿依古丽·买买提", true],
    ["name", "SMITH, JOHN", "SMITH JOHN", true],
    ["name", "王", null],
    ["name", "2012-03-04", null],
    ["bornOn", "1990年03月07日", "1990-03-07", true],
    ["bornOn", "1990-02-30", null],
    ["validTo", "至长期", "长期", true],
    ["carClass", "AIA2", "A1A2", true],
    ["carClass", "C9", null],
    ["plate", "泸A·12345", "沪A12345", true],
    ["plate", "京N5F8Q1", "京N5F8Q1", true],
    ["plate", "沪AI2345", "沪A12345", true],
    ["plate", "沪A1234", "沪A1234", false],
    ["plate", "上海市", null],
    ["vehicleType", "小型轿车", "小型轿车", true],
    ["vehicleType", "重型半挂牵引车", "重型半挂牵引车", true],
    ["vehicleType", "非营运", null],
    ["useCharacter", "非营运", "非营运", true],
    ["useCharacter", "样本", null],
    ["vin", "LSVAA0004G2000001", "LSVAA0004G2000001", true],
    ["vin", "LSVAAOOO4G2OOOOO1", "LSVAA0004G2000001", true],
    ["vin", "LSVAA0004G2000002", "LSVAA0004G2000002", false],
    ["owner", "深圳市样本物流有限公司", "深圳市样本物流有限公司", true],
  ];
  for (const [field, text, value, isSure] of CASES) {
    it(`${field}: ${text} is ${value === null ? "nothing" : `${value}${isSure ? "" : ", to be doubted"}`}`, () => {
      assert.deepEqual(licenceField(field, text, true), value === null ? null : { value, sure: isSure });
    });
  }

  it("without a check digit is only as sure as its reader", () => {
    assert.deepEqual(licenceField("name", "张伟", false), unsure("张伟"));
    assert.deepEqual(licenceField("plate", "沪A12345", false), unsure("沪A12345"));
    assert.deepEqual(licenceField("number", "310101199003077413", false), sure("310101199003077413"));
    assert.equal(licenceField("owner", "字".repeat(500), true), null);
  });
});

describe("what the form takes of a licence", () => {
  const vehicle = (plate: string, type: string): LicenceReading => ({
    kind: "vehicle-licence",
    fields: { plate: sure(plate), vehicleType: sure(type), owner: sure("李娜") },
  });

  it("is name and number of the driver's, plate and kind of the car's, and never the owner for the driver", () => {
    const fields = { name: sure("张伟"), number: sure("310101199003077413"), carClass: sure("C1") };
    assert.deepEqual(suggestionOf({ kind: "driving-licence", fields }), {
      name: fields.name,
      idNumber: fields.number,
    });
    assert.deepEqual(suggestionOf(vehicle("沪A12345", "大型普通客车")), {
      plate: sure("沪A12345"),
      vehicleKind: sure("01"),
      vehicleType: sure("大型普通客车"),
    });
  });

  const KINDS: [string, string, string | undefined][] = [
    ["沪A12345", "大型普通客车", "01"],
    ["粤B8K6M2", "重型半挂牵引车", "01"],
    ["沪A12345", "普通二轮摩托车", "07"],
    ["沪A12345", "轻便二轮摩托车", "08"],
    // the plate says it as well, or better
    ["沪A12345", "小型轿车", undefined],
    ["沪A12345", "轻型栏板货车", undefined],
    ["沪AD12345", "小型纯电动轿车", undefined],
    ["沪A1234挂", "重型平板半挂车", undefined],
    ["沪A12345", "特种作业机", undefined],
  ];
  for (const [plate, type, kind] of KINDS)
    it(`${type} ${plate}: ${kind ?? "as the plate says"}`, () =>
      assert.equal(suggestionOf(vehicle(plate, type)).vehicleKind?.value, kind));
});

describe("two readers of one licence", () => {
  const reading = (fields: LicenceReading["fields"]): LicenceReading => ({ kind: "driving-licence", fields });

  it("make each other sure where they agree; where they differ the sure one is believed", () => {
    const own = reading({ name: unsure("张伟"), number: unsure("310101199003077414") });
    const other = reading({ name: unsure("张伟"), number: sure("310101199003077413"), carClass: unsure("C1") });
    const both = mergeReadings(own, other);
    assert.deepEqual(both?.fields, {
      name: sure("张伟"),
      number: sure("310101199003077413"),
      carClass: unsure("C1"),
    });
    assert.ok(both && isEnough(both) && !isEnough(own));
    assert.deepEqual(mergeReadings(reading({ name: sure("李娜") }), other)?.fields.name, sure("李娜"));
  });

  it("are one where the other has nothing, and the better one where they saw different papers", () => {
    const own = reading({ name: sure("张伟") });
    const car: LicenceReading = { kind: "vehicle-licence", fields: { plate: sure("沪A12345") } };
    assert.equal(mergeReadings(own, null), own);
    assert.equal(mergeReadings(null, own), own);
    assert.equal(mergeReadings(own, car), car);
    assert.equal(mergeReadings(car, own), car);
  });

  it("are checked alike: nothing of use is no reading", () => {
    const wire = { number: "310101199003077413", name: "张伟", carClass: "<b>", validFrom: "2022-03-04", validTo: "" };
    assert.deepEqual(readingOf("driving-licence", wire)?.fields, {
      number: sure("310101199003077413"),
      name: unsure("张伟"),
      validFrom: unsure("2022-03-04"),
    });
    assert.equal(readingOf("driving-licence", { carClass: "C1" }), null);
    assert.equal(readingOf("vehicle-licence", {}), null);
  });
});

it("a licence has run out the day after its last day, and only a date that was surely read says so", () => {
  const until = (validTo: LicenceReading["fields"]["validTo"]): LicenceReading => ({
    kind: "driving-licence",
    fields: { ...(validTo && { validTo }) },
  });
  assert.equal(hasRunOut(until(sure("2026-11-22")), "2026-11-23"), true);
  assert.equal(hasRunOut(until(sure("2026-11-23")), "2026-11-23"), false);
  assert.equal(hasRunOut(until(unsure("2020-01-01")), "2026-11-23"), false);
  assert.equal(hasRunOut(until(sure("长期")), "2026-11-23"), false);
  assert.equal(hasRunOut(until(undefined), "2026-11-23"), false);
});
