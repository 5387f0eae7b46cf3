import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { AgreementInput } from "../../src/documents/agreement-input.ts";
import { agreementPdf } from "../../src/documents/agreement-pdf.ts";
import { bilingual } from "../../src/documents/bilingual.ts";
import { cleanText, MAX_TEXT } from "../../src/documents/clean-text.ts";
import { createDocuments } from "../../src/documents/documents.ts";
import { renderPages } from "../../src/documents/pages-as-pictures.ts";
import { createPaper, finish, PAGE } from "../../src/documents/paper.ts";
import { shanghaiTime } from "../../src/documents/shanghai-time.ts";
import { IMPACT_POINTS, LETTERS, WEATHERS } from "../../src/domain/accident.ts";
import { createRender } from "../../src/render.ts";
import { agreementExample } from "./agreement-example.ts";
import { inkIn, inkOf, SCALE, WHOLE } from "./ink.ts";

const render = createRender();
const words = bilingual(render, "agreement");
const whole = await agreementExample();
/** The pictures have a test of their own; without them a rendering costs half. */
const example: AgreementInput = { ...whole, photos: [] };
type Change = (input: AgreementInput) => void;

function changed(change: Change): AgreementInput {
  const copy = structuredClone({ ...example, signatures: {}, photos: [] } as unknown as AgreementInput);
  const input = { ...copy, signatures: { ...example.signatures }, photos: [] };
  change(input);
  return input;
}

const pixelsOf = async (input: AgreementInput) => renderPages(await agreementPdf(words, input), SCALE);

const base = await pixelsOf(example);
const baseInk = inkOf(base);

/** How much ink goes when a text is replaced by one that draws nothing. */
async function inkOfText(change: Change): Promise<number> {
  return baseInk - inkOf(await pixelsOf(changed(change)));
}

/** Next to no ink, and a line of the same height: nothing else moves. */
const BLANK = ".";

test("the agreement is two A4 pages, as PDF, as a PNG for each page and as one tall picture of at most 2 MB", async () => {
  const { pdf, pages, picture } = await createDocuments(render).agreement(whole);
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  assert.equal(pages.length, 2);
  const sizes = [...pages, picture].map((png) => {
    assert.equal(png.toString("latin1", 1, 4), "PNG");
    return [png.readUInt32BE(16), png.readUInt32BE(20)] as const;
  });
  const [one, two, tall] = sizes as [readonly [number, number], readonly [number, number], readonly [number, number]];
  assert.ok(one[0] >= 1188 && one[0] <= 1192, `${one[0]} pixels wide`);
  assert.deepEqual(tall, [one[0], one[1] + two[1]]);
  assert.ok(picture.length <= 2_000_000);
});

test("the same agreement gives the same bytes, another time of conclusion other ones", async () => {
  const [first, second] = [await agreementPdf(words, whole), await agreementPdf(words, whole)];
  assert.ok(first.equals(second));
  const later = await agreementPdf(words, { ...whole, concludedAt: new Date("2026-11-23T12:21:46Z") });
  assert.ok(!first.equals(later));
});

test("every text of art. 21 is drawn, not only put into the file", async () => {
  const texts: Record<string, [Change, characters: number]> = {
    place: [({ content }) => (content.address = BLANK), 9],
    "name A": [({ content }) => (content.parties.A.name = BLANK), 3],
    "name B": [({ content }) => (content.parties.B.name = BLANK), 14],
    "number A": [({ content }) => (content.parties.A.idNumber = BLANK), 18],
    "number B": [({ content }) => (content.parties.B.idNumber = BLANK), 9],
    "phone A": [({ content }) => (content.parties.A.phone = BLANK), 11],
    "phone B": [({ content }) => (content.parties.B.phone = BLANK), 11],
    "plate A": [({ content }) => (content.parties.A.plate = BLANK), 7],
    "plate B": [({ content }) => (content.parties.B.plate = BLANK), 8],
    "policy A": [({ content }) => (content.parties.A.policyNumber = "-"), 21],
    "insurer A": [({ insurerNames }) => (insurerNames.A = { zh: BLANK, en: BLANK }), 4],
    "insurer B": [({ insurerNames }) => (insurerNames.B = { zh: BLANK, en: BLANK }), 4],
    "own words A": [({ content }) => (content.parties.A.note = BLANK), 4],
    act: [({ catalogue }) => (catalogue.acts[0]!.zh = BLANK), 4],
    law: [({ catalogue }) => (catalogue.acts[0]!.legalBasis = [BLANK]), 14],
    number: [({ content }) => (content.number = BLANK), 17],
    digest: [(input) => (input.digest = BLANK), 64],
  };
  for (const [name, [change, characters]] of Object.entries(texts)) {
    const ink = await inkOfText(change);
    assert.ok(ink > characters * 8, `${name}: ${ink} pixels for ${characters} characters`);
  }
});

test("a missing insurance certificate number is printed as 当场未提供", async () => {
  const ink = await inkOfText(({ content }) => (content.parties.B.policyNumber = "-"));
  assert.ok(ink > 5 * 40, `${ink} pixels`);
  const typed = inkOf(
    await pixelsOf(changed(({ content }) => (content.parties.B.policyNumber = words("notGiven").zh))),
  );
  assert.ok(typed < baseInk, "with its English below");
});

test("a text of nothing visible is printed as not given, or as a dash", async () => {
  const [hidden, none] = [changed(() => {}), changed(() => {})];
  hidden.content.parties.B.policyNumber = "\u200b\u202e ";
  hidden.content.parties.B.name = "\u200b";
  none.content.parties.B.name = "";
  const [a, b] = [await pixelsOf(hidden), await pixelsOf(none)];
  assert.equal(inkOf(a), inkOf(b));
});

test("degree, weather, kind of vehicle, impact, consent and signatures each change the page", async () => {
  const changes: Change[] = [
    ...WEATHERS.filter((weather) => weather !== "rain").map(
      (weather): Change =>
        (i) =>
          (i.content.weather = weather),
    ),
    ...IMPACT_POINTS.slice(1).map(
      (point): Change =>
        (i) =>
          (i.content.parties.A.impact = point),
    ),
    (i) => (i.content.occurredAt = new Date("2026-11-23T12:05:00Z")),
    (i) => (i.content.forms = ["rear_end", "lane_change"]),
    (i) => (i.content.parties.A.vehicleKind = "01"),
    (i) => (i.content.parties.B.idKind = "id-card"),
    (i) => (i.signatures.B = { ...i.signatures.B, forwarding: true }),
    (i) => (i.signatures.A = { ...i.signatures.A, png: i.signatures.B.png }),
    (i) => {
      for (const letter of LETTERS) i.content.parties[letter].degree = "equal";
    },
  ];
  const seen = new Set([Buffer.concat(base.map((page) => page.rgb)).toString("base64")]);
  for (const change of changes) {
    const pages = await pixelsOf(changed(change));
    const pixels = Buffer.concat(pages.map((page) => page.rgb)).toString("base64");
    assert.ok(!seen.has(pixels), String(change));
    seen.add(pixels);
  }
});

const EXTREME: Change = ({ content, insurerNames, catalogue }) => {
  content.address = "上海市浦东新区".repeat(15);
  content.parties.A.name = `${"欧阳".repeat(24)}𠅤㛃`;
  content.parties.A.note = "我在第二车道正常行驶，".repeat(19);
  content.parties.A.policyNumber = "PDZA".repeat(20);
  content.parties.A.idNumber = "W".repeat(60);
  content.parties.B.name = "Wolfeschlegelsteinhausenbergerdorff-Bartholomäus-Nguyễn";
  content.parties.B.note = "W".repeat(200);
  content.parties.B.plate = "领022478外国很长的号牌号码".repeat(3);
  content.forms = ["rear_end", "lane_change"];
  insurerNames.B = { zh: "某某财产保险股份有限公司上海分公司".repeat(4), en: "An insurer with a long name ".repeat(5) };
  catalogue.acts[0]!.zh = "在同方向只有一条机动车道的道路上从右侧超越前方正常行驶的车辆".repeat(3);
};

/** The last characters replaced by such as take the same room: the lines break where they did. */
const withLighterEnd = (text: string, count: number): string =>
  text.slice(0, -count) + text.slice(-count).replaceAll(/./gu, (one) => (one > "\u2e80" ? "一" : "-"));

test("very long data wrap: nothing outside the margins, nothing cut off at the end, no torn rows", async () => {
  const extreme = changed(EXTREME);
  const pages = await pixelsOf(extreme);
  assert.ok(pages.length >= 2 && pages.length <= 4, `${pages.length} pages`);
  for (const page of pages) {
    assert.equal(inkIn(page, { ...WHOLE, right: PAGE.left - 1.5 }), 0, "left margin");
    assert.equal(inkIn(page, { ...WHOLE, left: PAGE.right + 1.5 }), 0, "right margin");
    assert.equal(inkIn(page, { ...WHOLE, bottom: PAGE.top - 6 }), 0, "above");
    assert.equal(inkIn(page, { ...WHOLE, top: PAGE.bottom + 34 }), 0, "below");
    assert.equal(inkIn(page, { ...WHOLE, top: PAGE.bottom + 1, bottom: PAGE.bottom + 9 }), 0, "above the footer");
    assert.ok(inkIn(page, { ...WHOLE, top: PAGE.bottom + 11 }) > 500, "a footer on every page");
  }
  const ends: Change[] = [
    ({ content }) => (content.parties.A.note = withLighterEnd(content.parties.A.note, 6)),
    ({ content }) => (content.parties.B.note = withLighterEnd(content.parties.B.note, 4)),
    ({ content }) => (content.address = withLighterEnd(content.address, 4)),
    ({ content }) => (content.parties.A.policyNumber = withLighterEnd(String(content.parties.A.policyNumber), 4)),
  ];
  for (const shorten of ends) {
    const shorter = changed((input) => {
      EXTREME(input);
      shorten(input);
    });
    assert.ok(inkOf(pages) - inkOf(await pixelsOf(shorter)) > 4 * 10, String(shorten));
  }
});

/** Draws each character in a field of its own and returns what it looks like there. */
async function drawn(characters: string[]): Promise<Buffer[]> {
  const [side, perRow] = [20, 26];
  const perPage = perRow * 38;
  const paper = await createPaper({ title: "glyphs", madeAt: new Date(0) });
  const spots = characters.map((character, i) => {
    const [page, on] = [Math.floor(i / perPage), i % perPage];
    const [x, y] = [20 + (on % perRow) * side, 20 + Math.floor(on / perRow) * side];
    if (page > 0 && on === 0) paper.doc.addPage();
    // not cleaned: the font itself is asked
    paper.doc
      .font("regular")
      .fontSize(12)
      .fillColor("#000000")
      .text(character, x + 3, y, { lineBreak: false });
    return { page, x, y };
  });
  const pages = await renderPages(await finish(paper.doc), SCALE);
  return spots.map(({ page, x, y }) => {
    const { width, rgb } = pages[page]!;
    const lines = Array.from({ length: side * SCALE }, (_, line) => {
      const at = ((y * SCALE + line) * width + x * SCALE) * 3;
      return rgb.subarray(at, at + side * SCALE * 3);
    });
    return Buffer.concat(lines);
  });
}

test("every character of the words, and rare ones of names, has a glyph of its own: no blank, no empty box", async () => {
  const yaml = readFileSync(new URL("../../../templates/agreement/words.yaml", import.meta.url), "utf8");
  const rare = "𠅤㛃䶮𬀩𬳵溇鱻〓…—（）《》；·ÄöüßéñçńŠžЖNguyễnThị";
  const all = [
    ...new Set(`${yaml}${rare}${"沪京津冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新警学挂港澳使领应急"}`),
  ];
  const characters = all.filter((character) => character.trim() !== "");
  const [blank, box, ...looks] = await drawn([" ", "\u{323af}", ...characters]);
  const faults = characters.filter((_, i) => alike(looks[i]!, blank!) || alike(looks[i]!, box!));
  assert.deepEqual(faults, []);
  const [missing] = await drawn(["\u{323b0}"]);
  assert.ok(alike(missing!, box!) && !alike(box!, blank!), "an empty box is seen");
});

/** The same shape: rounding moves an edge by a shade from one field to the next. */
function alike(a: Buffer, b: Buffer): boolean {
  let different = 0;
  for (let at = 0; at < a.length; at += 3) if (Math.abs(a[at]! - b[at]!) > 110) different++;
  return different < 4;
}

test("free text is one line of visible characters; what the font lacks becomes 〓 or its code point", () => {
  const covers = (code: number) => code < 0x10000;
  assert.equal(cleanText("  张\u0000三\r\n四\u202e五\u2066\u200b六\ufe0f ", covers), "张 三 四五六");
  assert.equal(cleanText("李\u{2b8b8}😀", covers), "李[U+2B8B8]〓");
  assert.equal(
    cleanText("Šimić", (code) => code < 0x160),
    "Simić",
  );
  assert.equal(cleanText("\ud83d half", covers), "half");
  assert.equal(cleanText(`e${"\u0316".repeat(40)}`, covers).length, 3);
  const capped = cleanText("字".repeat(60_000), covers);
  assert.deepEqual([[...capped].length, capped.at(-1)], [MAX_TEXT, "…"]);
});

test("times are those of Shanghai", () => {
  const { zh, en } = shanghaiTime(new Date("2026-12-31T16:05:09Z"), "seconds");
  assert.deepEqual([zh, en], ["2027年1月1日 00:05:09", "1 Jan 2027, 00:05:09 (UTC+8)"]);
});

test("a code of vehicle or form of accident that we do not know is printed as other, with the code", async () => {
  const pages = await pixelsOf(
    changed(({ content }) => {
      content.parties.A.vehicleKind = "77";
      content.forms = ["meteorite"];
    }),
  );
  assert.equal(pages.length, 2);
});

test("the photographs are drawn, each in its place", async () => {
  const [given, turned] = [await pixelsOf(whole), await pixelsOf({ ...whole, photos: whole.photos.toReversed() })];
  assert.equal(given.length, 2);
  assert.ok(inkIn(given[1]!, WHOLE) - inkIn(base[1]!, WHOLE) > 5 * 10_000);
  assert.ok(!given[1]!.rgb.equals(turned[1]!.rgb));
});

test("without photographs the form still closes, and with a code to verify the head carries it", async () => {
  assert.equal((await pixelsOf(changed(() => {}))).length, 2);
  const coded = await pixelsOf(changed((input) => (input.verifyUrl = "https://kuaichu.example/verify/1")));
  const corner = { left: PAGE.right - 50, right: PAGE.right, top: PAGE.top, bottom: PAGE.top + 50 };
  assert.ok(inkIn(coded[0]!, corner) > 1500);
  assert.equal(inkIn(base[0]!, corner), 0);
});
