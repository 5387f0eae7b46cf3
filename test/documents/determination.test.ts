import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bilingual } from "../../src/documents/bilingual.ts";
import { determinationPdf } from "../../src/documents/determination-pdf.ts";
import { createDocuments } from "../../src/documents/documents.ts";
import { renderPages } from "../../src/documents/pages-as-pictures.ts";
import { PAGE } from "../../src/documents/paper.ts";
import { DEGREE_PAIRS, LONGEST_TEXT, MOST_ARTICLES } from "../../src/domain/determination.ts";
import type { LetterSheet } from "../../src/domain/letter-sheet.ts";
import { createRender } from "../../src/render.ts";
import { determinationExample, SEAL } from "./determination-example.ts";
import { inkIn, inkOf, SCALE, WHOLE } from "./ink.ts";

const render = createRender();
const words = { letter: bilingual(render, "determination"), form: bilingual(render, "agreement") };

type Change = (input: LetterSheet) => void;
function changed(change: Change): LetterSheet {
  const input = determinationExample();
  change(input);
  return input;
}
const pixelsOf = async (input: LetterSheet) => renderPages(await determinationPdf(words, input), SCALE);

const base = await pixelsOf(determinationExample());
/** Next to no ink, and a line of the same height. */
const BLANK = ".";

describe("the determination letter", () => {
  it("is A4 as PDF, as a PNG for each page and as one tall picture of at most 2 MB", async () => {
    const { pdf, pages, picture } = await createDocuments(render).determination(determinationExample());
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.equal(pages.length, 2);
    for (const png of [...pages, picture]) assert.equal(png.toString("latin1", 1, 4), "PNG");
    assert.ok(picture.length <= 2_000_000);
  });

  it("is the same bytes for the same content, and other ones at another time of issue", async () => {
    const [first, second] = [
      await determinationPdf(words, determinationExample()),
      await determinationPdf(words, determinationExample()),
    ];
    assert.ok(first.equals(second));
    const later = changed(({ content }) => (content.issuedAt = new Date("2026-11-25T02:30:00Z")));
    assert.equal(first.equals(await determinationPdf(words, later)), false);
  });

  const texts: [string, Change, characters: number][] = [
    ["authority", ({ content }) => (content.authority.name = BLANK), 16],
    ["number", ({ content }) => (content.letterNumber = BLANK), 22],
    ["number of the case", ({ content }) => (content.caseNumber = BLANK), 17],
    ["place", ({ content }) => (content.address = BLANK), 18],
    ["name A", ({ content }) => (content.parties.A.name = BLANK), 3],
    ["name B", ({ content }) => (content.parties.B.name = BLANK), 14],
    ["identity A", ({ content }) => (content.parties.A.idNumber = BLANK), 18],
    ["phone B", ({ content }) => (content.parties.B.phone = BLANK), 11],
    ["plate A", ({ content }) => (content.parties.A.plate = BLANK), 7],
    ["insurer A", ({ insurerNames }) => (insurerNames.A = { zh: BLANK, en: BLANK }), 4],
    ["policy A", ({ content }) => (content.parties.A.policyNumber = "-"), 21],
    ["causes", ({ content }) => (content.causes = `${BLANK}${"　".repeat(50)}${BLANK}`), 50],
    ["an article", ({ content }) => (content.articles[0] = BLANK), 25],
    ["officer", ({ content }) => (content.officer.name = BLANK), 2],
    ["officer's number", ({ content }) => (content.officer.number = BLANK), 6],
    ["reviewer", (input) => (input.reviewer = BLANK), 12],
    ["digest", (input) => (input.digest = BLANK), 64],
  ];
  for (const [what, change, characters] of texts)
    it(`has the ${what} drawn, not only put into the file`, async () => {
      const ink = inkOf(base) - inkOf(await pixelsOf(changed(change)));
      assert.ok(ink > characters * 8, `${ink} pixels for ${characters} characters`);
    });

  it("looks otherwise for every pair of degrees, another weather, impact, evidence, day of review, replacement", async () => {
    const changes: Change[] = [
      ...DEGREE_PAIRS.filter(([a]) => a !== "primary").map(
        ([a, b]): Change =>
          ({ content }) => {
            content.parties.A.degree = a;
            content.parties.B.degree = b;
          },
      ),
      ({ content }) => (content.weather = "fog"),
      ({ content }) => (content.weatherWord = "冰雹"),
      ({ content }) => (content.parties.B.impact = "rear"),
      ({ content }) => content.evidence.pop(),
      ({ content }) => (content.reviewLastDay = new Date("2026-11-30T15:59:59.999Z")),
      ({ content }) => (content.replaces = "3101010000002026000101"),
      ({ content }) => (content.facts = content.facts.replace("50", "60")),
      (input) => (input.seal = null),
    ];
    const looks = new Set<string>();
    for (const change of [() => {}, ...changes]) {
      const pages = await pixelsOf(changed(change));
      looks.add(Buffer.concat(pages.map((page) => page.rgb)).toString("base64"));
    }
    assert.equal(looks.size, changes.length + 1);
  });

  it("carries the seal in red over the date, and a line for it where there is none", async () => {
    const red = async (seal: Buffer | null) => {
      const { rgb } = (await pixelsOf(changed((input) => (input.seal = seal)))).at(-1)!;
      let count = 0;
      for (let at = 0; at < rgb.length; at += 3)
        if (rgb[at]! > 150 && rgb[at + 1]! < 120 && rgb[at + 2]! < 120) count++;
      return count;
    };
    assert.ok((await red(SEAL)) > 3000);
    assert.equal(await red(null), 0);
  });

  it("keeps the longest texts within the margins, cuts none of them, and closes with the signature", async () => {
    const LONG: Change = ({ content, insurerNames }) => {
      content.authority.name = "示例市公安局交通警察支队黄浦大队事故处理中队".repeat(2).slice(0, 60);
      content.facts = "字".repeat(LONGEST_TEXT);
      content.causes = "W".repeat(LONGEST_TEXT);
      content.articles = Array(MOST_ARTICLES).fill(`《${"法".repeat(60)}》${"第".repeat(40)}`);
      content.evidence = Array.from({ length: 40 }, (_, at) => ({ ...content.evidence[0]!, number: at + 1 }));
      content.address = "上海市浦东新区".repeat(17);
      content.parties.A.name = "欧阳".repeat(25);
      insurerNames.B = { zh: "某某财产保险股份有限公司上海分公司".repeat(3), en: "An insurer ".repeat(8) };
    };
    const pages = await pixelsOf(changed(LONG));
    assert.ok(pages.length >= 3 && pages.length <= 6, `${pages.length} pages`);
    for (const page of pages) {
      assert.equal(inkIn(page, { ...WHOLE, right: PAGE.left - 1.5 }), 0, "left margin");
      assert.equal(inkIn(page, { ...WHOLE, left: PAGE.right + 1.5 }), 0, "right margin");
      assert.equal(inkIn(page, { ...WHOLE, top: PAGE.bottom + 1, bottom: PAGE.bottom + 9 }), 0, "above the footer");
      assert.ok(inkIn(page, { ...WHOLE, top: PAGE.bottom + 11 }) > 500, "a footer on every page");
    }
    const lighter = await pixelsOf(
      changed((input) => {
        LONG(input);
        input.content.facts = `${"字".repeat(LONGEST_TEXT - 6)}${"一".repeat(6)}`;
      }),
    );
    assert.ok(inkOf(pages) - inkOf(lighter) > 6 * 10, "the last characters are drawn");
  });

  it("prints a rare character of a name as it is, and one that no font has as its code point", async () => {
    const look = async (name: string) => {
      const pages = await pixelsOf(changed(({ content }) => (content.officer.name = name)));
      return inkOf(pages);
    };
    const { unprintable } = createDocuments(render);
    assert.equal(await unprintable("王𠅤国赵䶮"), null);
    assert.notEqual(await look("赵䶮"), await look("赵一"));
    const long = await look("赵\u{323b0}");
    assert.ok(long > (await look("赵一")), "[U+323B0] has more ink than one stroke");
  });
});
