import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkIdNumber, type IdFault } from "../../src/domain/identity-number.ts";
import { checkPhone } from "../../src/domain/phone.ts";
import {
  checkPlate,
  formatPlate,
  normalisePlate,
  plateColour,
  plateKind,
  VEHICLE_KINDS,
  vehicleKindOf,
} from "../../src/domain/plate.ts";
import { checkVin } from "../../src/domain/vin.ts";

describe("a plate", () => {
  const kinds: [string, ReturnType<typeof plateKind>, string | null, string][] = [
    ["沪A12345", "ordinary", "02", "沪A·12345"],
    ["京N8P8F8", "ordinary", "02", "京N·8P8F8"],
    ["沪AD12345", "nev-small", "52", "沪A·D12345"],
    ["沪AG12345", "nev-small", "52", "沪A·G12345"],
    ["沪ADF1234", "nev-small", "52", "沪A·DF1234"],
    ["沪A12345D", "nev-large", "51", "沪A·12345D"],
    ["沪A1234警", "police", "23", "沪A·1234警"],
    ["沪A1234学", "learner", "16", "沪A·1234学"],
    ["沪A1234挂", "trailer", "15", "沪A·1234挂"],
    ["粤Z1234港", "hong-kong", "26", "粤Z·1234港"],
    ["粤Z1234澳", "macau", "27", "粤Z·1234澳"],
    ["224578使", "embassy", "03", "224·578使"],
    ["沪22478领", "consulate", "04", "沪22478领"],
    ["WJ沪1234X", "armed-police", "31", "WJ沪1234X"],
    ["TS12345", "army", "32", "TS·12345"],
    ["沪A1234O", null, null, "沪A1234O"],
    ["沪O12345", null, null, "沪O12345"],
    ["沪AL12345", null, null, "沪AL12345"],
    ["京01234使", null, null, "京01234使"],
  ];
  for (const [plate, kind, vehicleKind, written] of kinds) {
    it(`${plate} is ${kind ?? "of an unusual format"}`, () => {
      assert.equal(plateKind(plate), kind);
      assert.equal(vehicleKindOf(plate), vehicleKind);
      assert.equal(formatPlate(plate), written);
      assert.deepEqual(checkPlate(plate), { plate, warning: kind ? null : "format" });
    });
  }

  it("is normalised before it is compared", () => {
    for (const typed of [
      "沪a·12345",
      " 沪A 12345 ",
      "沪Ａ１２３４５",
      "沪A•123-45",
      "沪A.12345",
      "沪A・123 45",
      "沪A—12345",
    ])
      assert.equal(normalisePlate(typed), "沪A12345");
  });

  it("that cannot be one is refused", () => {
    for (const typed of [
      "",
      "沪A1",
      "沪A12345678901",
      "沪A123<5",
      "沪A12345\u0000",
      "🚗🚗🚗🚗🚗",
      "沪".repeat(100_000),
    ])
      assert.equal(checkPlate(typed), null);
  });

  it("has the colour of its kind", () => {
    const colours = {
      "02": "blue",
      "01": "yellow",
      "52": "green",
      "51": "yellow_green",
      "23": "white",
      "03": "black",
      "??": "blue",
    };
    for (const [kind, colour] of Object.entries(colours)) assert.equal(plateColour(kind), colour);
    for (const [plate, , kind] of kinds) assert.ok(kind === null || VEHICLE_KINDS.includes(kind), plate);
  });
});

describe("an identity number", () => {
  for (const number of ["310101190001010011", "310115194910010031", "310101199003077413"]) {
    it(`${number} is right`, () => {
      assert.deepEqual(checkIdNumber("id-card", number), { number, fault: null, hint: null });
      assert.deepEqual(checkIdNumber("licence", number), { number, fault: null, hint: null });
    });
  }

  const wrong: [string, IdFault][] = [
    ["310105190002290022", "date"], // 29 February 1900 never was, although the checksum fits
    ["310101199013077413", "date"],
    ["310101199004317413", "date"],
    ["310101199003007413", "date"],
    ["310101199003077414", "checksum"],
    ["310101199003074713", "checksum"],
    ["000101199003077413", "area"],
    ["31010119900307741A", "characters"],
    ["31010119900307741", "length"],
    ["310101900307741", "length"],
    ["", "length"],
    ["3".repeat(100_000), "length"],
  ];
  for (const [number, fault] of wrong) {
    it(`${number.slice(0, 20)} has a wrong ${fault}`, () => {
      assert.deepEqual(checkIdNumber("id-card", number), { number: null, fault });
    });
  }

  it("is taken with spaces, full-width digits and a small x", () => {
    const typed = "１１０１０５ 19491231 002x";
    assert.deepEqual(checkIdNumber("id-card", typed), { number: "11010519491231002X", fault: null, hint: null });
  });

  it("29 February of a leap year is a day, of 2000 too", () => {
    const withCheck = (first17: string) => {
      const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
      return first17 + "10X98765432"[weights.reduce((sum, w, at) => sum + w * Number(first17[at]), 0) % 11];
    };
    for (const day of ["20000229", "19960229"])
      assert.equal(checkIdNumber("id-card", withCheck(`310101${day}001`)).fault, null);
    assert.equal(checkIdNumber("id-card", withCheck("31010119970229001")).fault, "date");
  });

  it("of a passport comes with the hint that a foreign licence is none here", () => {
    assert.deepEqual(checkIdNumber("passport", "e 1234 5678"), {
      number: "E12345678",
      fault: null,
      hint: "chinese-licence-needed",
    });
    assert.equal(checkIdNumber("passport", "E1").fault, "length");
    assert.equal(checkIdNumber("passport", "E12<45678").fault, "characters");
  });

  it("of a licence may be that of other papers, but 18 characters are an identity number", () => {
    assert.deepEqual(checkIdNumber("licence", "H12345678"), { number: "H12345678", fault: null, hint: "other-papers" });
    assert.equal(checkIdNumber("licence", "310101199003077414").fault, "checksum");
  });
});

describe("a phone number", () => {
  for (const typed of ["13812345678", "+86 138 1234 5678", "0086-138-1234-5678", "１３８１２３４５６７８"]) {
    it(`${typed} is taken`, () => assert.equal(checkPhone(typed), "13812345678"));
  }
  for (const typed of [
    "",
    "12812345678",
    "1381234567",
    "138123456789",
    "021-12345678",
    "1381234567x",
    "1".repeat(100_000),
  ]) {
    it(`${typed.slice(0, 15) || "nothing"} is refused`, () => assert.equal(checkPhone(typed), null));
  }
});

describe("a VIN", () => {
  for (const vin of ["1FACP45EXLF192944", "WBAXW1104J0X16755", "11111111111111111", "LSVAA0004G2000001"]) {
    it(`${vin} fits its check digit`, () => assert.deepEqual(checkVin(vin), { vin, warning: null }));
  }
  it("with another check digit is a warning only", () => {
    assert.deepEqual(checkVin("1facp45e1lf192944"), { vin: "1FACP45E1LF192944", warning: "check-digit" });
  });
  for (const typed of ["", "1FACP45EXLF19294", "1FACP45EXLF1929444", "IFACP45EXLF192944", "1FACP45EXLF19294中"]) {
    it(`${typed || "nothing"} is refused`, () => assert.equal(checkVin(typed), null));
  }
});

describe("the checks", () => {
  const MANY = 100_000;
  const attacks = [
    "沪A",
    "1",
    "A",
    " ",
    "·",
    "-",
    "沪A1 ",
    "138-",
    "(",
    "١",
    "Ａ",
    "\u2012",
    "+86",
    "00",
    "X",
    "\n",
  ].flatMap((part) => {
    const long = part.repeat(Math.ceil(MANY / part.length));
    return [long, `${long}!`, `沪A${long}`, `1${long}`];
  });
  const checks: Record<string, (text: string) => unknown> = {
    checkPlate,
    plateKind,
    normalisePlate,
    formatPlate,
    checkPhone,
    checkVin,
    licence: (text) => checkIdNumber("licence", text),
    passport: (text) => checkIdNumber("passport", text),
  };
  for (const [name, check] of Object.entries(checks)) {
    it(`${name} ends on 100 kB of anything`, { timeout: 20_000 }, () => {
      for (const attack of attacks) check(attack);
    });
  }
});
