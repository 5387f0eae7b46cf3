import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Context } from "../../src/context.ts";
import { LANGUAGES, type Person } from "../../src/domain/accident.ts";
import { untakenNotices } from "../../src/domain/claim-notice.ts";
import { claimsToSubmit } from "../../src/domain/claim-submission.ts";
import type { Notice } from "../../src/domain/notice.ts";
import { noticeText } from "../../src/notices/notice-text.ts";
import { createRender } from "../../src/render.ts";
import { CLAIM_AT, catalogue, claimSources } from "../support/claim-example.ts";

const FOUND = {
  zh: ["（电话见保险单或保险公司官网）", "（名称和电话请向对方询问）"],
  en: ["(the number is on your policy)", "(ask the other driver for its name)"],
} as const;

describe("a notice about an insurer that nobody has named", () => {
  const ctx = {
    config: {
      rules: { catalogue, districts: [] },
      insurers: [],
      city: { adcode: "310000", zh: "上海市" },
      publicUrl: "https://kuaichu.example",
    },
    clock: { now: () => CLAIM_AT },
    insurers: { evidence: { url: () => "https://kuaichu.example/file" } },
    render: createRender({ assets: "/assets" }),
  };
  for (const language of LANGUAGES)
    it(`says where it is to be found, in the reader's words (${language})`, () => {
      const { accident } = claimSources({ insurers: { A: "unknown", B: "unknown" } });
      const claim = { party: "A" } as Parameters<typeof untakenNotices>[2];
      const entries = [
        ...claimsToSubmit(ctx, accident).outbox,
        ...untakenNotices(ctx, accident, claim, "claim-delayed"),
      ];
      const notices = entries.filter(({ kind }) => kind === "notice").map(({ body }) => JSON.parse(body) as Notice);
      assert.ok(notices.length >= 3);
      const person = { id: "p", openid: "o", language } satisfies Person;
      for (const notice of notices) {
        const text = noticeText(ctx as unknown as Context, person, notice);
        assert.ok(
          FOUND[language].some((words) => text.includes(words)),
          text,
        );
      }
    });
});
