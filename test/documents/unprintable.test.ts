import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { unprintable } from "../../src/documents/unprintable.ts";

describe("what the paper cannot print as it is", () => {
  const TEXTS: [string, string | null][] = [
    ["张伟", null],
    ["买买提·吐尔逊", null],
    ["武〇 㐀㑇", null],
    ["𬱖", null],
    ["SMITH, JOHN O'BRIEN-MÜLLER", null],
    ["NGUYỄN VĂN A", null],
    ["中国人民财产保险\n股份有限公司", null],
    ["", null],
    ["𠮷田", "𠮷"],
    ["王𪚥", "𪚥"],
    ["ŠKODA", "Š"],
    ["Łukasz", "Ł"],
    ["김철수", "김"],
    ["沪A1🚗", "🚗"],
  ];
  for (const [text, sign] of TEXTS) {
    it(`${text || "nothing"}: ${sign ?? "all of it is printed"}`, async () => {
      assert.equal(await unprintable(text), sign);
    });
  }
});
