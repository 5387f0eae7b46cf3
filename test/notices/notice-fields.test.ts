import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Context } from "../../src/context.ts";
import type { Person } from "../../src/domain/accident.ts";
import { NOTICE_CODES, type Notice } from "../../src/domain/notice.ts";
import { bundled } from "../../src/notices/bundle-words.ts";
import { noticeFields } from "../../src/notices/notice-text.ts";
import { createRender } from "../../src/render.ts";

const ctx = { render: createRender(), clock: { now: () => new Date("2026-11-29T04:00:00Z") } } as unknown as Context;
const said = (language: "zh" | "en", code: Notice["code"], params: Notice["params"] = {}) =>
  noticeFields(ctx, { language } as Person, {
    code,
    params: { number: "KC20261129-000001", ...params },
    accidentId: "a",
  }).thing2;

describe("the line of news in a template message", () => {
  it("carries the fact: whose insurer, how much, as far as twenty characters go", () => {
    assert.equal(
      said("zh", "claim-paid", { insurer: "人保财险", amount: " ¥1200.00" }),
      "人保财险 赔款已支付 ¥1200.00",
    );
    assert.equal(
      said("zh", "claim-paid", { insurer: "中国人民财产保险股份有限公司", amount: " ¥1200.00" }),
      "赔款已支付 ¥1200.00",
    );
    assert.equal(said("en", "claim-paid", { insurer: "PICC", amount: " ¥1200.00" }), "PICC Paid ¥1200.00");
    assert.equal(said("zh", "claim-number", { insurer: "人保", claimNo: "A1" }), "人保 对方保险公司已接报案A1");
    assert.equal(said("zh", "may-move"), "请立即挪车");
  });

  it("never has more than twenty characters, nor what another wrote as an address", () => {
    for (const language of ["zh", "en"] as const)
      for (const code of NOTICE_CODES) {
        const line = said(language, code, {
          insurer: "https://evil.example",
          amount: " ¥99999999.00",
          claimNo: "x".repeat(40),
        });
        assert.ok([...String(line)].length <= 20 && !String(line).includes("evil"), `${code}: ${line}`);
      }
  });
});

describe("a text that is too long", () => {
  it("is never cut inside a link", () => {
    const link = '<a href="https://kuaichu.example/h5/accidents/abcdefghijklmnopqrstuv">查看进度</a>';
    for (let fill = 1_900; fill < 2_060; fill++) {
      const { said: text } = bundled([], `${"x".repeat(fill)}${link}`);
      assert.equal(text.includes("<a "), text.includes("</a>"), String(fill));
    }
  });
});
