import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { END_CODES, type EndCode } from "../../src/domain/accident.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { heading, hidden, Phone, telephones } from "./phone.ts";
import { openPair, type Pair, readyPair } from "./settle-driver.ts";

let app: TestApp;
let count = 0;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const newPhone = () => new Phone(app, `oEnds${String(++count).padStart(24, "0")}`);
const actsOf = (html: string): string[] =>
  [...(/<ol class="kc-acts">([\s\S]*?)<\/ol>/.exec(html)?.[1] ?? "").matchAll(/<li>([^<]*)<\/li>/g)].map(
    ([, act]) => act!,
  );
const lawOf = (html: string): string => /法律依据：<span lang="zh-CN">([^<]*)</.exec(html)?.[1] ?? "";
const numbersOf = (html: string): string[] => [...new Set(telephones(html))].filter((number) => number.length === 3);

/** What an exception leads to: the heading, the first numbers and the first article. */
const EXCEPTIONS: Record<string, [end: EndCode, title: string, calls: string, law: string]> = {
  hurt: ["hold-scene", "请保护现场，立即报警", "120 122 110", "第十三条第一款"],
  "cannot-move": ["hold-scene", "请保护现场，立即报警", "122 110 120", "第十三条第一款第（五）项"],
  expressway: ["expressway", "高速、高架：车靠边、人撤离、即报警", "122 110 120", "《道路交通安全法》第六十八条"],
  "somebody-left": ["hold-scene", "请保护现场，立即报警", "122 110 120", "第十三条第一款第（六）项"],
  "owner-absent": ["owner-absent", "撞了停着的车，车主不在", "122 110", "《道路交通安全法》第七十条第一款"],
  "drink-or-drugs": ["hold-scene", "请保护现场，立即报警", "122 110 120", "第十三条第一款第（二）项"],
  "no-licence": ["hold-scene", "请保护现场，立即报警", "122 110 120", "第十三条第一款第（一）项"],
  "no-plate": ["hold-scene", "请保护现场，立即报警", "122 110 120", "第十三条第一款第（四）项"],
  "on-purpose": ["hold-scene", "请保护现场，立即报警", "122 110 120", "第十三条第一款第（七）项"],
  "overloaded-carrier": ["hold-scene", "请保护现场，立即报警", "122 110 120", "第十三条第一款第（三）项"],
  "dangerous-goods": ["call-now", "远离车辆，立即报警", "110 119 120", "第十五条"],
  installation: ["move-then-call", "先拍照挪车，再报警", "122 110 120", "第十四条第（二）项"],
  "overloaded-freight": ["move-then-call", "先拍照挪车，再报警", "122 110 120", "《道路交通安全法》第四十八条第一款"],
  "no-inspection-or-insurance": ["move-then-call", "先拍照挪车，再报警", "122 110 120", "第十四条第（一）项"],
};

describe("each exception at the beginning", () => {
  it("is in the table", () => {
    assert.deepEqual(app.config.rules.conditions.map(({ id }) => id).sort(), Object.keys(EXCEPTIONS).sort());
  });

  for (const [condition, [code, title, calls, law]] of Object.entries(EXCEPTIONS)) {
    it(`${condition} leads to ${code}: ${calls}`, async () => {
      const phone = newPhone();
      const alone = await phone.fill("/h5/start", { vehicles: "two", condition });
      assert.equal(alone.location, `/h5/ends/${code}?because=${condition}`);
      const told = await phone.get(alone.location);
      const kept = await phone.fill("/h5/start", { vehicles: "two", condition, notice: "yes", sensitive: "yes" });
      for (const { html } of [told, await phone.get(kept.location)]) {
        assert.equal(heading(html), title);
        assert.equal(numbersOf(html).join(" "), calls);
        assert.ok(html.includes(`拨打 ${calls.split(" ")[0]}`));
        assert.ok(lawOf(html).includes(law), lawOf(html));
      }
    });
  }

  it("numbers the acts in the order in which they are to be done", async () => {
    const phone = newPhone();
    const acts = async (path: string) => actsOf((await phone.get(`/h5/ends/${path}`)).html);
    assert.match((await acts("hold-scene?because=hurt"))[0]!, /^立即拨打 120/);
    assert.match((await acts("hold-scene?because=no-plate"))[0]!, /^不要挪车/);
    const first = (await acts("move-then-call?because=installation"))[0]!;
    assert.match(first, /车上人员立即撤到路外/, "article 14: evacuate first");
    const expressway = await acts("expressway");
    assert.match(expressway.join(), /不要停在行车道上拍照.*150 米以外.*200 米以外.*撤到护栏外.*122/);
    assert.match((await acts("owner-absent")).join(), /^不要离开.*拍下.*12123.*一键挪车.*车上留的电话.*122/);
  });
});

describe("what is no settlement between two cars", () => {
  const cases = [
    ["one", "single-vehicle", /保险公司电话报案/, "《保险法》第二十一条"],
    ["more", "not-two-cars?because=more", /应当立即撤离现场.*自行协商.*122/, "第十九条第一款"],
    ["non-motor", "not-two-cars?because=non-motor", /^先看骑车人有没有受伤.*120.*应当立即撤离现场/, "第十九条第一款"],
  ] as const;
  for (const [vehicles, path, acts, law] of cases) {
    it(`${vehicles}: is told the duty to clear the road and the true way to settle`, async () => {
      const phone = newPhone();
      const { location } = await phone.fill("/h5/start", { vehicles, condition: "none" });
      assert.equal(location, `/h5/ends/${path}`);
      const kept = await phone.fill("/h5/start", { vehicles, condition: "none", notice: "yes", sensitive: "yes" });
      for (const { html } of [await phone.get(location), await phone.get(kept.location)]) {
        assert.match(actsOf(html).join(), acts);
        assert.ok(lawOf(html).includes(law), lawOf(html));
        assert.doesNotMatch(lawOf(html), /第十四条/, "nothing was hit");
      }
    });
  }

  it("the button of an end without urgency leads to its own act, not to 122", async () => {
    const footerOf = async (path: string) =>
      /<footer[\s\S]*?<a class="[^"]*primary[^"]*" href="([^"]*)"/.exec((await newPhone().get(path)).html)?.[1];
    assert.equal(await footerOf("/h5/ends/single-vehicle"), "#insurers");
    assert.equal(await footerOf("/h5/ends/withdrawn"), "/h5/start");
    assert.equal(await footerOf("/h5/ends/dispute"), "tel:122");
  });

  it("every end names its law in Chinese numerals", async () => {
    for (const code of END_CODES)
      assert.match(lawOf((await newPhone().get(`/h5/ends/${code}`)).html), /^《[^0-9]+$/, code);
  });
});

describe("a dispute", () => {
  it("is told the duty of article 19, the joint application and the officer, before and after the cars moved", async () => {
    const alone = (await newPhone().get("/h5/ends/dispute")).html;
    assert.match(
      actsOf(alone).join(),
      /固定证据.*应当立即挪到.*共同申请.*以当地开通情况为准.*指导双方协商.*有权要求交警到场/,
    );
    assert.match(lawOf(alone), /第十九条第一款；.*第二十条/);
    const { id, A } = await openPair(app);
    await A.post("way-out", { choice: "disagree" });
    const { html } = await A.get("ended");
    assert.match(actsOf(html).join(), /在安全地点停好，不要离开.*共同申请.*出示照片/);
    assert.equal((await app.ctx.accidents.get(id)).ended?.code, "dispute");
  });

  it("hears of the joint application where the two accounts differ: here with a desk, elsewhere without", async () => {
    const { id, A, B } = await readyPair(app);
    await B.post("statement", { ownAct: "QS-02", otherAct: "none", impact: "rear", note: "" });
    assert.equal((await A.get("")).html.includes(id), true);
    assert.match((await A.get("difference")).html, /三、共同申请交警在线定责/);
  });
});

describe("an exception that shows up after the start", () => {
  const refused = async ({ A }: Pair, fields: Record<string, string>) =>
    assert.equal((await A.post("way-out", fields)).status, 422);

  it("is one choice of the way out, with every condition of the list and other vehicles behind it", async () => {
    const { A } = await openPair(app);
    assert.match((await A.get("way-out")).html, /choice=unfit">发现无证、酒驾、假牌等情形</);
    const { html } = await A.get("way-out?choice=unfit");
    const facts = [...html.matchAll(/choice=unfit&amp;fact=([\w-]+)"/g)].map(([, fact]) => fact);
    const expected = Object.keys(EXCEPTIONS).filter((id) => id !== "hurt" && id !== "somebody-left");
    assert.deepEqual(facts.sort(), [...expected, "more", "non-motor"].sort());
  });

  for (const [fact, [code, title, calls]] of Object.entries(EXCEPTIONS).filter(([id]) => id !== "hurt")) {
    it(`${fact}: asks once more, then ends it as ${code} and keeps the record`, async () => {
      const { id, A, B } = await openPair(app);
      const sure = await A.get(`way-out?choice=unfit&fact=${fact}`);
      if (fact !== "somebody-left") {
        assert.match(heading(sure.html), /^确定“.+”？$/);
        assert.deepEqual(numbersOf(sure.html).slice(0, 3), calls.split(" "));
      }
      assert.equal((await A.post("way-out", { choice: "unfit", fact })).location, "ended");
      const page = (await B.get("ended")).html;
      assert.equal(heading(page), title);
      assert.match(page, /已保存 5 张照片/);
      const { ended, photos } = await app.ctx.accidents.get(id);
      assert.deepEqual([ended?.code, ended?.reasons, ended?.by, photos.length], [code, [fact], "A", 5]);
    });
  }

  it("three cars and bicycles too; what nobody knows ends nothing", async () => {
    const pair = await openPair(app);
    for (const fields of [{ choice: "unfit" }, { choice: "unfit", fact: "nonsense" }, { choice: "unfit", fact: "two" }])
      await refused(pair, fields as Record<string, string>);
    assert.equal((await app.ctx.accidents.get(pair.id)).ended, null);
    await pair.A.post("way-out", { choice: "unfit", fact: "non-motor" });
    const { ended } = await app.ctx.accidents.get(pair.id);
    assert.deepEqual([ended?.code, ended?.reasons], ["not-two-cars", ["non-motor"]]);
  });

  it("a driver without a licence goes there from the details", async () => {
    const { A } = await openPair(app);
    const link = /href="\/h5\/accidents\/[\w-]+\/(way-out\?choice=unfit&amp;fact=no-licence)"/.exec(
      (await A.get("details")).html,
    );
    assert.ok(link);
    const { html } = await A.get(link[1]!.replace("&amp;", "&"));
    assert.match(heading(html), /无有效驾驶证/);
    assert.equal(hidden(html, "fact"), "no-licence");
  });

  it("somebody hurt calls 120 first, and so does the page that asks", async () => {
    const { A } = await openPair(app);
    assert.deepEqual(numbersOf((await A.get("way-out?choice=hurt")).html).slice(0, 3), ["120", "122", "110"]);
    await A.post("way-out", { choice: "hurt" });
    assert.deepEqual(numbersOf((await A.get("ended")).html), ["120", "122", "110"]);
  });
});

describe("photograph, move, then call", () => {
  it("asks whether the cars can be moved: if not, the scene is held and both hear it", async () => {
    const { id, A, B } = await openPair(app);
    await A.post("way-out", { choice: "unfit", fact: "installation" });
    assert.match((await B.get("ended")).html, /车辆能移动吗？[\s\S]*有车辆不能移动/);
    assert.equal((await B.post("ended", {})).location, "ended");
    const { html } = await A.get("ended");
    assert.equal(heading(html), "请保护现场，立即报警");
    assert.match(lawOf(html), /第十三条第一款第（五）项[\s\S]*第十四条第（二）项/);
    const { ended, events } = await app.ctx.accidents.get(id);
    assert.deepEqual([ended?.code, ended?.reasons, ended?.by], ["hold-scene", ["installation", "cannot-move"], "B"]);
    await B.post("ended", {});
    assert.equal((await app.ctx.accidents.get(id)).events.length, events.length, "said once");
  });

  it("asks it without a case, too, and at no other end", async () => {
    const phone = newPhone();
    const { html } = await phone.get("/h5/ends/move-then-call?because=installation");
    assert.match(html, /href="\/h5\/ends\/hold-scene\?because=installation&amp;because=cannot-move"/);
    assert.match(
      lawOf((await phone.get("/h5/ends/hold-scene?because=installation&because=cannot-move")).html),
      /第（五）项/,
    );
    const { id, A } = await openPair(app);
    await A.post("way-out", { choice: "disagree" });
    assert.doesNotMatch((await A.get("ended")).html, /车辆能移动吗/);
    await A.post("ended", {});
    assert.equal((await app.ctx.accidents.get(id)).ended?.code, "dispute");
  });
});
