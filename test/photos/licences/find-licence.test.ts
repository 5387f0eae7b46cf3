import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LicenceField, LicenceKind } from "../../../src/domain/licence.ts";
import { findLicence } from "../../../src/photos/licences/find-fields.ts";
import { layStraight } from "../../../src/photos/licences/sheet.ts";
import type { TextLine } from "../../../src/photos/ocr/read-text.ts";

/** A text with its position: left, top, height; Chinese characters are as wide as they are high. */
type Row = [text: string, x: number, y: number, height?: number, probability?: number];

const widthOf = (text: string, height: number) =>
  [...text].reduce((sum, character) => sum + (/[\u2e80-\uffef]/.test(character) ? 1 : 0.55) * height, 0);

function lines(rows: readonly Row[], degrees = 0): TextLine[] {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const at = (x: number, y: number) => ({ x: x * cos - y * sin, y: x * sin + y * cos });
  return rows.map(([text, x, y, height = 28, probability = 0.99]) => {
    const [right, bottom] = [x + widthOf(text, height), y + height];
    return { text, probability, corners: [at(x, y), at(right, y), at(right, bottom), at(x, bottom)] };
  });
}

const DRIVER: Row[] = [
  ["中华人民共和国机动车驾驶证", 260, 28, 40],
  ["Driving License of the People's Republic of China", 296, 80, 26],
  ["证号", 187, 128],
  ["310101199003077413", 421, 124],
  ["License No.", 187, 156, 18],
  ["姓名", 56, 192],
  ["张伟", 144, 188, 34],
  ["Name", 57, 220, 18],
  ["性别", 517, 192],
  ["男", 596, 189],
  ["国籍", 696, 192],
  ["中国", 814, 187],
  ["住址", 58, 259],
  ["上海市黄浦区样本路123弄4号567室", 153, 258],
  ["出生日期", 417, 350],
  ["1990-03-07", 606, 343],
  ["初次领证日期", 418, 425],
  ["2012-03-04", 607, 420],
  ["准驾车型", 417, 501],
  ["C1", 608, 497],
  ["有效期限", 58, 633],
  ["2022-03-04", 208, 628],
  ["至", 410, 634],
  ["2032-03-04", 466, 628],
];

const CAR: Row[] = [
  ["中华人民共和国机动车行驶证", 260, 28, 40],
  ["号牌号码沪A12345", 56, 135],
  ["车辆类型 小型轿车", 527, 137],
  ["所有人", 57, 212],
  ["欧阳娜娜", 185, 209],
  ["使用性质非营运品牌型号大众汽车牌SVW71810", 58, 365],
  ["车辆识别代号", 368, 451],
  ["LSVAA0004G2000001", 558, 448],
  ["发动机号码：E700001", 369, 536],
  ["注册日期", 368, 622],
  ["2021-05-06", 497, 618],
  ["发证日期", 698, 623],
  ["2021-05-07", 827, 618],
];

/** The card with some of its lines read otherwise; null: not read at all. */
const read = (rows: readonly Row[], mistakes: Record<string, string | null>): Row[] =>
  rows.flatMap(([text, ...rest]): Row[] => {
    const seen = text in mistakes ? mistakes[text] : text;
    return seen == null ? [] : [[seen, ...rest]];
  });

function valuesOf(rows: readonly Row[], kind: LicenceKind, degrees = 0) {
  const reading = findLicence(layStraight(lines(rows, degrees)), kind);
  const values = Object.entries(reading?.fields ?? {}).map(([field, { value, sure }]) => [
    field,
    value + (sure ? "" : "?"),
  ]);
  return { kind: reading?.kind ?? null, values: Object.fromEntries(values) as Partial<Record<LicenceField, string>> };
}

const DRIVER_VALUES = {
  number: "310101199003077413",
  name: "张伟",
  sex: "男",
  nationality: "中国",
  bornOn: "1990-03-07",
  firstIssuedOn: "2012-03-04",
  carClass: "C1",
  validFrom: "2022-03-04",
  validTo: "2032-03-04",
};

describe("the fields of a licence", () => {
  it("stand beside their labels, each on its line, the address left out", () => {
    assert.deepEqual(valuesOf(DRIVER, "driving-licence"), { kind: "driving-licence", values: DRIVER_VALUES });
  });

  it("are found when a label and its value, or two of them, were read as one line", () => {
    assert.deepEqual(valuesOf(CAR, "vehicle-licence").values, {
      plate: "沪A12345",
      vehicleType: "小型轿车",
      owner: "欧阳娜娜",
      useCharacter: "非营运",
      model: "大众汽车牌SVW71810",
      vin: "LSVAA0004G2000001",
      engineNumber: "E700001",
      registeredOn: "2021-05-06",
      issuedOn: "2021-05-07",
    });
  });

  it("are the same whichever way the card was held", () => {
    for (const degrees of [8, 90, 172, -95])
      assert.deepEqual(valuesOf(DRIVER, "driving-licence", degrees).values, DRIVER_VALUES, `${degrees}°`);
  });

  it("are those of the paper that is there, when the other one was asked for", () => {
    assert.equal(valuesOf(CAR, "driving-licence").kind, "vehicle-licence");
    assert.equal(valuesOf(DRIVER, "vehicle-licence").kind, "driving-licence");
  });

  const NOISE: [string, Row[], Record<string, string | null>, Partial<Record<LicenceField, string>>][] = [
    ["a label with a wrong character", DRIVER, { 出生日期: "出主日期", 准驾车型: "准鸳车型" }, DRIVER_VALUES],
    ["two wrong characters in a long one", DRIVER, { 初次领证日期: "初久领证目期" }, DRIVER_VALUES],
    ["one that looks like another label", DRIVER, { 初次领证日期: "初次发证日期" }, DRIVER_VALUES],
    ["the Chinese label of the name lost, the English one there", DRIVER, { 姓名: null }, DRIVER_VALUES],
    ["an English label misread", DRIVER, { 姓名: null, "License No.": "Licence N0" }, DRIVER_VALUES],
    ["the number without its label, beside other text", DRIVER, { 证号: null, "License No.": null }, DRIVER_VALUES],
    ["spaces and colons between", DRIVER, { 姓名: "姓 名：", 有效期限: "有效期 限" }, DRIVER_VALUES],
    [
      "the validity in one line",
      DRIVER,
      { "2022-03-04": "2022-03-04至2032-03-04", 至: null, "2032-03-04": null },
      DRIVER_VALUES,
    ],
    [
      "a digit of the number misread",
      DRIVER,
      { "310101199003077413": "310101199003077418" },
      { number: "310101199003077418?" },
    ],
    ["letters for digits", DRIVER, { "310101199003077413": "31O1O1199003O77413" }, { number: "310101199003077413" }],
    [
      "the number hidden by the app of the police",
      DRIVER,
      { "310101199003077413": "310***********7413" },
      { number: undefined },
    ],
    ["the province of the plate misread", CAR, { 号牌号码沪A12345: "号牌号码泸AI2345" }, { plate: "沪A12345" }],
    ["a label of the plate misread", CAR, { 号牌号码沪A12345: "号脾号码沪A12345" }, { plate: "沪A12345" }],
    ["the plate without its label", CAR, { 号牌号码沪A12345: "沪A12345" }, { plate: "沪A12345?" }],
    ["a VIN against its check digit", CAR, { LSVAA0004G2000001: "LSVAA0004G2000007" }, { vin: "LSVAA0004G2000007?" }],
  ];
  for (const [what, rows, mistakes, expected] of NOISE)
    it(`survive ${what}`, () => {
      const kind = rows === DRIVER ? "driving-licence" : "vehicle-licence";
      const { values } = valuesOf(read(rows, mistakes), kind);
      for (const [field, value] of Object.entries(expected)) assert.equal(values[field as LicenceField], value, field);
    });

  it("are doubted where the reader was not certain, and a name that was parted is joined", () => {
    const rows = DRIVER.flatMap((row): Row[] =>
      row[0] === "张伟"
        ? [
            ["张", 144, 188, 34, 0.7],
            ["伟", 214, 188, 34, 0.99],
          ]
        : [row],
    );
    assert.equal(valuesOf(rows, "driving-licence").values.name, "张 伟".replace(" ", "").concat("?"));
  });

  it("are found below their labels, as electronic licences print them, and on an identity card", () => {
    const electronic: Row[] = [
      ["电子驾驶证", 60, 20],
      ["姓名", 60, 100],
      ["李娜", 60, 150],
      ["证号", 60, 220],
      ["310115194910010031", 60, 270],
      ["准驾车型", 400, 100],
      ["C2", 400, 150],
    ];
    assert.deepEqual(valuesOf(electronic, "driving-licence").values, {
      number: "310115194910010031",
      name: "李娜",
      carClass: "C2",
    });
    const identityCard: Row[] = [
      ["姓名李娜", 40, 40],
      ["性别女民族汉", 40, 100],
      ["住址上海市样本路1号", 40, 220],
      ["公民身份号码310115194910010031", 40, 320],
    ];
    const { name, number } = valuesOf(identityCard, "driving-licence").values;
    assert.deepEqual([name, number], ["李娜", "310115194910010031"]);
  });
});

describe("no licence", () => {
  const SHEETS: [string, Row[]][] = [
    ["an empty sheet", []],
    [
      "a menu",
      [
        ["宫保鸡丁 38元", 40, 40],
        ["姓名", 40, 100],
        ["米饭 2元", 40, 160],
      ],
    ],
    [
      "a plate in a street",
      [
        ["沪A12345", 400, 300],
        ["出租汽车", 300, 100],
      ],
    ],
    ["labels without values", DRIVER.filter(([text]) => /[姓证出初准]/.test(text) && !/[0-9]/.test(text)).slice(0, 3)],
  ];
  for (const [what, rows] of SHEETS)
    it(`is seen on ${what}`, () => {
      assert.equal(valuesOf(rows, "driving-licence").kind, null);
      assert.equal(valuesOf(rows, "vehicle-licence").kind, null);
    });
});
