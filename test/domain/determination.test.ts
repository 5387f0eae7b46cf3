import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLAIM_DEGREES } from "../../src/domain/claim-message.ts";
import {
  type Determination,
  type DeterminationDraft,
  type DeterminationFrame,
  determinationOf,
  draftFaults,
  isDegreePair,
  isServed,
  picturesOf,
  requireIssuable,
  standingLetter,
} from "../../src/domain/determination.ts";
import { isLateReview } from "../../src/domain/review.ts";
import { AT, allPhotos, cityRules, opened, photo, readyToSign, withParty } from "./accident-builder.ts";

const draft: DeterminationDraft = {
  facts: "甲车由南向北行驶，追尾前方停车等候的乙车。",
  causes: "甲车未与前车保持足以采取紧急制动措施的安全距离。",
  articles: ["《中华人民共和国道路交通安全法》第四十三条"],
  evidence: [1, 2],
  degrees: { A: "full", B: "none" },
};
const frame: DeterminationFrame = {
  authority: { name: "示例市公安局交通警察支队", code: "310101" },
  letterNumber: "3101012026000001",
  officer: { name: "王警官", number: "P10001" },
  issuedAt: AT,
  reviewLastDay: AT,
  replaces: null,
};
const pictures = picturesOf({ photos: allPhotos() });

describe("the degrees that an officer may determine", () => {
  const possible = ["full-none", "primary-secondary", "equal-equal", "none-none", "none-full", "secondary-primary"];
  for (const a of CLAIM_DEGREES)
    for (const b of CLAIM_DEGREES)
      it(`${a} and ${b}: ${possible.includes(`${a}-${b}`) ? "a pair" : "impossible"}`, () =>
        assert.equal(isDegreePair(a, b), possible.includes(`${a}-${b}`)));
});

describe("a draft of a letter", () => {
  it("that is whole has no fault", () => {
    assert.deepEqual(draftFaults(draft, pictures), {});
    requireIssuable(draft, pictures);
  });

  const wrong: [string, Partial<DeterminationDraft>, object][] = [
    ["without facts", { facts: " " }, { facts: "facts-short" }],
    ["with facts of a few signs and many spaces", { facts: `追尾${" ".repeat(20)}` }, { facts: "facts-short" }],
    ["with facts that the paper would cut", { facts: "字".repeat(1001) }, { facts: "facts-long" }],
    ["without causes", { causes: "" }, { causes: "causes-short" }],
    ["with causes that the paper would cut", { causes: "字".repeat(1001) }, { causes: "causes-long" }],
    ["without an article", { articles: [] }, { articles: "no-article" }],
    ["with an article of no law", { articles: [...draft.articles, "第四十三条"] }, { articles: "article-form" }],
    ["with thirteen articles", { articles: Array(13).fill(draft.articles[0]) }, { articles: "too-many-articles" }],
    ["without evidence", { evidence: [] }, { evidence: "no-evidence" }],
    ["that rests on a picture that is not there", { evidence: [1, 6] }, { evidence: "unknown-picture" }],
    ["with an impossible pair", { degrees: { A: "full", B: "equal" } }, { degrees: "impossible-degrees" }],
    ["with two faults", { facts: "", evidence: [] }, { facts: "facts-short", evidence: "no-evidence" }],
  ];
  for (const [what, over, faults] of wrong)
    it(`${what} says so by the field`, () => assert.deepEqual(draftFaults({ ...draft, ...over }, pictures), faults));

  it("with a fault is refused with the code and the field", () => {
    const refused = { code: "impossible-degrees", details: { field: "degrees" }, status: 422 };
    assert.throws(() => requireIssuable({ ...draft, degrees: { A: "primary", B: "equal" } }, pictures), refused);
  });
});

describe("a letter's content", () => {
  it("has what art. 24 wants recorded, and names the pictures by number", () => {
    const content = determinationOf(readyToSign(), draft, frame);
    assert.ok(content);
    assert.equal(content.caseNumber, "KC20261123-000001");
    assert.deepEqual(
      content.evidence.map(({ number, slot }) => [number, slot]),
      [
        [1, "scene"],
        [2, "own-damage"],
      ],
    );
    const { A } = content.parties;
    const { name, idKind, idNumber, phone, plate, vehicleKind, insurerCode, policyNumber, impact, degree } = A;
    assert.deepEqual(
      { name, idKind, idNumber, phone, plate, vehicleKind, insurerCode, policyNumber, impact, degree },
      {
        ...{ name: "甲某", idKind: "licence", idNumber: "310101199003077413", phone: "13800000000" },
        ...{ plate: "沪A12345", vehicleKind: "02", insurerCode: "PICC", policyNumber: null },
        ...{ impact: "front", degree: "full" },
      },
    );
    assert.equal("act" in A || "note" in A, false);
  });

  it("is none while a party has not stated, or the place is unknown", () => {
    assert.equal(determinationOf(opened(), draft, frame), null);
    assert.equal(determinationOf(withParty(readyToSign(), "B", { statement: null }), draft, frame), null);
    const { scene } = readyToSign();
    assert.equal(determinationOf(readyToSign({ scene: { ...scene, address: null } }), draft, frame), null);
  });

  it("numbers the stored pictures alone", () => {
    const photos = [photo("scene"), photo("own-damage", "refused"), photo("own-plate")];
    assert.deepEqual(
      picturesOf({ photos }).map(({ number, slot }) => [number, slot]),
      [
        [1, "scene"],
        [2, "own-plate"],
      ],
    );
  });
});

describe("the letters of a case", () => {
  const content = determinationOf(readyToSign(), draft, frame);
  assert.ok(content);
  const letter: Determination = {
    number: frame.letterNumber,
    content,
    by: "officer-1",
    issuedAt: AT,
    pdfSha256: "p",
    pngSha256: ["1"],
    replaces: null,
    withdrawn: null,
    served: { A: null, B: null },
    receipts: { A: null, B: null },
    reviews: [],
  };
  const withdrawn = { ...letter, withdrawn: { at: AT, by: "officer-2", reason: "笔误" } };

  it("hold the last one that was not withdrawn", () => {
    const second = { ...letter, number: "3101012026000002", replaces: letter.number };
    assert.equal(standingLetter([]), undefined);
    assert.equal(standingLetter([withdrawn]), undefined);
    assert.equal(standingLetter([withdrawn, second]), second);
  });

  it("are served when both parties have theirs, opened or by message", () => {
    assert.equal(isServed(letter), false);
    assert.equal(isServed({ served: { A: { at: AT, how: "opened" }, B: null } }), false);
    assert.equal(isServed({ served: { A: { at: AT, how: "opened" }, B: { at: AT, how: "by-message" } } }), true);
  });

  it("mark a review that was filed after the last day, whenever it was noted", async () => {
    const { calendar } = await cityRules();
    const china = (text: string) => new Date(`${text}+08:00`);
    // three working days from 29 September 2026, over the National Day's week
    const served = { A: { at: china("2026-09-29T10:00"), how: "opened" as const }, B: null };
    const noted = { by: "A" as const, at: china("2026-10-12T09:00") };
    for (const [filedOn, isLate] of [
      ["2026-10-09", false],
      ["2026-10-10", true],
      [undefined, true],
    ] as const)
      assert.equal(isLateReview({ ...letter, served }, { ...noted, ...(filedOn && { filedOn }) }, calendar), isLate);
  });
});
