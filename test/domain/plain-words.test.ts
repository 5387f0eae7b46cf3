import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { plainWords } from "../../src/domain/plain-words.ts";

describe("somebody else's words in a message of ours", () => {
  const links = [
    ...["https://pay.example/x?y=1", "HTTP://PAY.EXAMPLE", "www.pay.example", "pay.example", "pay.example:8080/a"],
    ...["weixin://dl/business/?t=1", "me@pay.example", "https://1.2.3.4/x", "https://支付.example/x"],
  ];
  for (const link of links) {
    it(`lose ${link} and keep what stands round it`, () => {
      for (const [before, after] of [
        ["请打开", "后领取"],
        ["see ", " now"],
        ["(", ")"],
        ["", "。"],
      ]) {
        const said = plainWords(`${before}${link}${after}`);
        assert.ok(!/:\/\/|\w\.\w/.test(said), said);
        assert.ok(said.startsWith(`${before}`) && said.endsWith(`${after}`), said);
      }
    });
  }

  it("hold no tag", () => {
    assert.equal(plainWords('<a href="weixin://bizmsgmenu?msgmenucontent=1">点</a>'), "＜a …点＜/a＞");
  });

  const plain = [
    ...["请补充行驶证照片", "¥1350.00", "KC20261102-000001-A", "沪A·12345", "2026-11-02 12:30", "13700000003", "3.5km"],
    ...["No.20261102", "Wang, tomorrow 9 a.m.", "1.正页 2.副页", "e.g. both pages", " (明天上午)"],
  ];
  for (const words of plain) it(`stay as they are: ${words}`, () => assert.equal(plainWords(words), words));
});
