import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkName, type NameFault } from "../../src/domain/name.ts";

describe("a name", () => {
  const TAKEN: [string, string?][] = [
    ["张伟"],
    ["欧阳娜娜"],
    ["张　伟", "张伟"],
    ["张 伟", "张伟"],
    ["张\u00a0伟", "张伟"],
    ["武〇"],
    ["𠮷田"],
    ["㐀㑇"],
    ["JI田"],
    ...["·", "•", "‧", "∙", "⋅", "・", "･", "．", "﹒", ".", " · "].map((dot): [string, string] => [
      `买买提${dot}吐尔逊`,
      "买买提·吐尔逊",
    ]),
    ["阿卜杜热合曼·阿卜杜热伊木·买买提吐尔逊"],
    ["卡里姆·D", "卡里姆·D"],
    ["SMITH, JOHN"],
    ["SMITH ,JOHN", "SMITH, JOHN"],
    ["SMITH  JOHN", "SMITH JOHN"],
    ["ＳＭＩＴＨ　ＪＯＨＮ", "SMITH JOHN"],
    ["O’BRIEN SEAN", "O'BRIEN SEAN"],
    ["MARY–ANN", "MARY-ANN"],
    ["J. R. SMITH"],
    ["SMITH JR."],
    ["NGUYỄN VĂN A"],
    ["MÜLLER"],
    ["MU\u0308LLER", "MÜLLER"],
  ];
  for (const [typed, stored = typed] of TAKEN) {
    it(`${typed} is ${stored}`, () => assert.deepEqual(checkName(typed), { name: stored, fault: null }));
  }

  const REFUSED: [string, NameFault][] = [
    ["", "empty"],
    ["  　", "empty"],
    ["···", "letters"],
    ["-", "letters"],
    ["·张伟", "letters"],
    ["张伟·", "letters"],
    ["张··伟", "letters"],
    ["张伟2", "letters"],
    ["محمد", "letters"],
    ["김철수", "letters"],
    ["สมชาย", "letters"],
    ["Иван", "letters"],
    ["たろう", "letters"],
    ["张伟🚗", "letters"],
    ["<b>", "letters"],
    ["张\u202e伟", "invisible"],
    ["张\u200b伟", "invisible"],
    ["张\u0000伟", "invisible"],
    ["张\n伟", "invisible"],
    ["\ufeff张伟", "invisible"],
    ["葛\u{e0100}城", "invisible"],
    ["张\ue000", "invisible"],
    ["\ud842张", "invisible"],
    ["张".repeat(51), "long"],
    ["A".repeat(100_000), "long"],
  ];
  for (const [typed, fault] of REFUSED) {
    it(`${JSON.stringify(typed.slice(0, 12))} is refused: ${fault}`, () => {
      assert.deepEqual(checkName(typed), { name: null, fault });
    });
  }
});
