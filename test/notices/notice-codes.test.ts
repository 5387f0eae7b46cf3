import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NOTICE_CODES } from "../../src/domain/notice.ts";
import { createRender } from "../../src/render.ts";

describe("every notice that can be sent", () => {
  for (const language of ["zh", "en"] as const) {
    it(`has a text and a headline (${language})`, () => {
      const t = createRender({ assets: "/assets" }).words(language);
      for (const code of NOTICE_CODES) {
        assert.ok(t.find(`chat.notice.${code}`), code);
        assert.ok(t.find(`chat.headline.${code}`), code);
      }
    });
  }
});
