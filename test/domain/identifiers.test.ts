import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkPhone } from "../../src/domain/phone.ts";
import {
  checkPlate,
  formatPlate,
  normalisePlate,
  plateColour,
  plateKind,
  plateRuns,
  plateSheet,
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
    ["使014578", "embassy", "03", "使014·578"],
    ["沪22478领", "consulate", "04", "沪224·78领"],
    ["沪A1707领", "consulate-office", "04", "沪A·1707领"],
    ["粤OA2160", "police-civil", "02", "粤O·A2160"],
    ["粤OA216警", "police", "23", "粤O·A216警"],
    ["琼X1234应急", "rescue", "33", "琼X·1234应急"],
    ["京SA001应急", "rescue", "33", "京S·A001应急"],
    ["沪A12345临", "provisional", "22", "沪A·12345临"],
    ["沪A1234试", "provisional", "22", "沪A·1234试"],
    ["沪A1234超", "provisional", "22", "沪A·1234超"],
    ["民航A1234", "aviation", "99", "民航·A1234"],
    ["WJ12345", "armed-police", "31", "WJ12345"],
    ["WJ3112345", "armed-police-old", "31", "WJ31·12345"],
    ["WJ沪1234X", "armed-police", "31", "WJ沪1234X"],
    ["TS12345", "army", "32", "TS·12345"],
    ["沪O12345", "police-civil", "02", "沪O·12345"],
    ["琼B1234应急", null, null, "琼B1234应急"],
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

  for (const [typed, stored] of [
    ["京A1O345", "京A10345"],
    ["沪AI2345", "沪A12345"],
    ["沪A1234O", "沪A12340"],
    ["粤OA216O", "粤OA2160"],
    ["22457O使", "224570使"],
    ["沪ADO1234", "沪AD01234"],
    ["临沪A12345", "沪A12345临"],
    ["沪A·12345 临", "沪A12345临"],
    ["民航 a-1234", "民航A1234"],
  ] as const) {
    it(`${typed} is stored as ${stored}`, () => assert.deepEqual(checkPlate(typed), { plate: stored, warning: null }));
  }

  const RED: [string, string][] = [
    ["沪A1234警", "沪A·1234[警]"],
    ["224578使", "224·578[使]"],
    ["使014578", "[使]014·578"],
    ["沪22478领", "沪224·78[领]"],
    ["琼X1234应急", "琼X·1234[应急]"],
    ["WJ沪1234X", "[WJ]沪1234X"],
    ["TS12345", "[TS]·12345"],
    ["沪A12345", "沪A·12345"],
    ["粤Z1234港", "粤Z·1234港"],
  ];
  for (const [plate, shown] of RED) {
    it(`${plate} has in red what stands in brackets: ${shown}`, () => {
      const drawn = plateRuns(plate).map(({ text, red }) => (red ? `[${text}]` : text));
      assert.equal(drawn.join(""), shown);
    });
  }

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
      "33": "white",
      "??": "white",
    };
    for (const [kind, colour] of Object.entries(colours)) assert.equal(plateColour(kind), colour);
    for (const [plate, , kind] of kinds) assert.ok(kind === null || VEHICLE_KINDS.includes(kind), plate);
  });

  it("has its colour while it is masked as well", () => {
    assert.equal(plateSheet("沪A·6**18"), plateSheet("沪A62K18"));
    assert.equal(plateSheet("沪A·D0**71"), plateSheet("沪AD05271"));
    assert.notEqual(plateSheet("沪A·D0**71"), plateSheet("沪A·6**18"));
  });
});

describe("a phone number", () => {
  const TAKEN: [string, string][] = [
    ["13812345678", "13812345678"],
    ["+86 138 1234 5678", "13812345678"],
    ["0086-138-1234-5678", "13812345678"],
    ["8613800138000", "13800138000"],
    ["１３８１２３４５６７８", "13812345678"],
    ["\u202d13812345678\u202c", "13812345678"],
    ["\u202d+86 138‑1234‑5678\u202c", "13812345678"],
    ["+852 9123 4567", "+85291234567"],
    ["00852-91234567", "+85291234567"],
    ["+853 6612 3456", "+85366123456"],
    ["+886 912 345 678", "+886912345678"],
    ["＋81 90-1234-5678", "+819012345678"],
    ["+1 (415) 555-2671", "+14155552671"],
    ["+44 7400 123456", "+447400123456"],
  ];
  for (const [typed, stored] of TAKEN) {
    it(`${typed} is taken as ${stored}`, () => assert.equal(checkPhone(typed), stored));
  }
  for (const typed of [
    "",
    "12812345678",
    "1381234567",
    "138123456789",
    "021-12345678",
    "+86 21 1234 5678",
    "+86 12812345678",
    "1381234567x",
    "91234567",
    "+852 1234",
    "+852 91234567890",
    "+999 12345678",
    "+0 12345678",
    "+",
    "110",
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
    plateRuns,
  };
  for (const [name, check] of Object.entries(checks)) {
    it(`${name} ends on 100 kB of anything`, { timeout: 20_000 }, () => {
      for (const attack of attacks) check(attack);
    });
  }
});
