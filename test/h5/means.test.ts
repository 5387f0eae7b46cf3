import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { giveStatement } from "../../src/actions/give-statement.ts";
import type { Degree, Letter } from "../../src/domain/accident.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { ACTS, fieldValue, type Pair, readyPair } from "./settle-driver.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const meansIn = (html: string): string => /<section[^>]* data-means[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";

async function equalPair(): Promise<Pair> {
  const pair = await readyPair(app);
  for (const [letter, ownAct, otherAct] of [["A", "QS-04", "QS-02"] as const, ["B", "QS-02", "QS-04"] as const])
    await giveStatement(app.ctx, { accidentId: pair.id, letter, statement: { ...ACTS[letter], ownAct, otherAct } });
  return pair;
}

describe("what a degree means, before it is signed", () => {
  const SAID: [Degree, Letter, RegExp, RegExp][] = [
    [
      "full",
      "A",
      /交强险在 2,000 元内.*商业三者险.*没有投保相应商业险的部分，由您自行承担.*影响下一年度的保险费率/s,
      /不因本次事故提高/,
    ],
    ["none", "B", /您的车损由对方承担.*不需要赔偿对方车损.*交强险费率不因本次事故提高/s, /影响下一年度|自行承担/],
    ["equal", "B", /各担一半.*由您自行承担.*影响下一年度的保险费率/s, /不因本次事故提高/],
  ];
  for (const [degree, letter, says, never] of SAID) {
    it(`${degree}: who pays, the premium, and that nobody has to sign, above the agreement and in both languages`, async () => {
      const pair = degree === "equal" ? await equalPair() : await readyPair(app);
      const { html } = await pair[letter].get("sign");
      const means = meansIn(html);
      assert.match(means, says);
      assert.doesNotMatch(means, never);
      assert.match(means, /《机动车交通事故责任强制保险条例》第八条/);
      assert.match(means, /不认可的，请不要签名/);
      assert.ok(html.indexOf("data-means") < html.indexOf('id="paper"'));
    });
  }
});

describe("after the agreement", () => {
  it("the page says what the paper is, what may be undone and what is asked again and again", async () => {
    const { id, A, B } = await readyPair(app, { real: true, language: { B: "en" } });
    for (const driver of [A, B]) {
      const contentDigest = fieldValue((await driver.get("sign")).html, "contentDigest");
      await driver.post("sign", { contentDigest, signature: SIGNATURE, electronic: "yes" });
    }
    assert.ok((await app.ctx.accidents.get(id)).concludedAt);
    const { html } = await A.get("done");
    for (const said of [
      /不是交警出具的《道路交通事故认定书》；对责任有争议的，仍可报警/,
      /第十八条/,
      /《保险法》第六十一条/,
      /车辆施救费.*以保险合同为准/,
      /外地投保/,
      /代驾/,
      /《民法典》第一百四十七条至第一百五十一条.*九十日.*一年内/,
    ])
      assert.match(html, said);
    assert.match((await B.get("done")).html, /not a determination letter of the police/);
    assert.match((await A.get("way-out")).html, /事后发现有人受伤的，请及时报警/);
  });
});
