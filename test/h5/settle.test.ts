import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { endAccident } from "../../src/actions/end-accident.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { recordPlace } from "../../src/actions/record-place.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { NO_ACT } from "../../src/domain/liability.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { placeOf } from "../support/place-of.ts";
import {
  ACTS,
  type Driver,
  driverOf,
  errorAt,
  fieldValue,
  isChecked,
  isSelected,
  openPair,
  readyPair,
} from "./settle-driver.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const words = (language: "zh" | "en", key: string) =>
  app.ctx.render.words(language).find(`h5.${key}`) ?? assert.fail(key);
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("'", "&#39;").replaceAll('"', "&quot;");

const FORM = {
  name: "张伟",
  idKind: "licence",
  idNumber: "310101199003077413",
  phone: "138 0013 8000",
  province: "沪",
  serial: "a·12345",
  vehicleKind: "auto",
  insurerCode: "PICC",
  insurerName: "",
  policyNumber: "",
};

describe("my car", () => {
  it("takes what is right, derives the kind of vehicle from the plate and goes on", async () => {
    const { id, A } = await openPair(app);
    const page = await A.get("details");
    assert.equal(page.status, 200);
    assert.ok(isSelected(page.html, "沪") && isSelected(page.html, "auto") === false);
    assert.equal((await A.post("details", { ...FORM, serial: "ad12345" })).location, "statement");
    const { details } = (await app.ctx.accidents.get(id)).parties.A;
    assert.equal(details?.plate, "沪AD12345");
    assert.equal(details?.vehicleKind, "52");
    assert.equal(details?.phone, "13800138000");
    assert.equal(details?.policyNumber, null);
  });

  it("offers next time what was entered last time", async () => {
    const first = await openPair(app);
    await first.A.post("details", {
      ...FORM,
      idKind: "passport",
      idNumber: "E12345678",
      insurerCode: "CPIC",
      remember: "yes",
    });
    await endAccident(app.ctx, { accidentId: first.id, letter: "A", code: "withdrawn" });
    const { A } = await openPair(app, { known: first.A.person });
    const { html } = await A.get("details");
    assert.equal(fieldValue(html, "name"), FORM.name);
    assert.equal(fieldValue(html, "idNumber"), "E12345678");
    assert.equal(fieldValue(html, "serial"), "A12345");
    assert.ok(isSelected(html, "passport") && isSelected(html, "CPIC"));
    assert.ok(html.includes(words("zh", "details.remembered")));
    const list = /id="field-insurerCode"[\s\S]*?<\/select>/.exec(html)?.[0] ?? "";
    const offered = [...list.matchAll(/<option value="([^"]*)"/g)].map(([, code]) => code);
    assert.deepEqual(offered.slice(0, 3), ["", "unknown", "CPIC"], "not known, then the one of last time");
    assert.match(html, /第 \d 步，共 \d 步 · 约 \d+ 分钟/);
  });

  const AT_THE_FIELD: [string, Record<string, string>, string, string, Record<string, string>?][] = [
    ["a character that the paper's font lacks", { name: "𠮷田" }, "name", "nameGlyph", { character: "𠮷" }],
    ["a mark of direction in the name", { name: "张\u202e伟" }, "name", "nameInvisible"],
    ["a name in another script", { name: "김철수" }, "name", "nameLetters"],
    ["the licence's file number", { idNumber: "310012345678" }, "idNumber", "idFile"],
    ["17 digits", { idNumber: "31010119900307741" }, "idNumber", "idForm.licence"],
    [
      "a permit's number that is too short",
      { idKind: "hk-macao-permit", idNumber: "H123" },
      "idNumber",
      "idForm.hk-macao-permit",
    ],
    ["a driver of five years", { idNumber: "310101202103074134" }, "idNumber", "idAge"],
    ["a foreign phone that is too short", { phone: "+852 1234" }, "phone", "phone"],
  ];
  for (const [what, fields, field, word, named = {}] of AT_THE_FIELD) {
    it(`refuses ${what} at its field and stores nothing`, async () => {
      const { id, A } = await openPair(app);
      const { status, html } = await A.post("details", { ...FORM, ...fields });
      assert.equal(status, 422);
      assert.equal(
        errorAt(html, field),
        escaped(app.ctx.render.words("zh").find(`h5.details.error.${word}`, named) ?? "no words"),
      );
      assert.equal((await app.ctx.accidents.get(id)).parties.A.details, null);
    });
  }

  it("stores name, number and phone as the documents carry them", async () => {
    const { id, A } = await openPair(app);
    const typed = { name: "买买提•吐尔逊", idKind: "hk-macao-permit", idNumber: "hO1234567", phone: "+852 9123 4567" };
    await A.post("details", { ...FORM, ...typed, policyNumber: "ＰＤＺＡ２０２６－１" });
    const { details } = (await app.ctx.accidents.get(id)).parties.A;
    const { name, idKind, idNumber, phone, policyNumber } = details ?? {};
    assert.deepEqual(
      { name, idKind, idNumber, phone, policyNumber },
      {
        name: "买买提·吐尔逊",
        idKind: "hk-macao-permit",
        idNumber: "H01234567",
        phone: "+85291234567",
        policyNumber: "PDZA20261",
      },
    );
  });

  for (const language of ["zh", "en"] as const) {
    it(`names each mistake at its field and keeps what was typed (${language})`, async () => {
      const { id, A } = await openPair(app, { language: { A: language } });
      const wrong = {
        ...FORM,
        name: "<i>1</i>",
        idNumber: "310101199003077414",
        phone: "12345",
        serial: "!",
        insurerCode: "",
        policyNumber: "保单",
      };
      const { status, html } = await A.post("details", wrong);
      assert.equal(status, 422);
      const expected = {
        name: "nameLetters",
        idNumber: "idChecksum",
        phone: "phone",
        serial: "plate",
        insurerCode: "insurerCode",
        policyNumber: "policyNumber",
      };
      for (const [field, key] of Object.entries(expected))
        assert.equal(errorAt(html, field), escaped(words(language, `details.error.${key}`)), field);
      assert.equal(fieldValue(html, "phone"), "12345");
      assert.equal(fieldValue(html, "idNumber"), "310101199003077414");
      assert.ok(!html.includes("<i>1</i>"));
      assert.equal((await app.ctx.accidents.get(id)).parties.A.details, null);
    });
  }

  it("doubts an unusual plate once and takes it with a tick and a kind of vehicle", async () => {
    const { id, A } = await openPair(app);
    const doubted = await A.post("details", { ...FORM, serial: "IO0001" });
    assert.equal(doubted.status, 422);
    assert.equal(errorAt(doubted.html, "serial"), words("zh", "details.error.plateDoubt"));
    assert.ok(doubted.html.includes('name="plateSure"'));
    assert.equal((await A.post("details", { ...FORM, serial: "IO0001", plateSure: "yes" })).status, 422);
    const sure = await A.post("details", { ...FORM, serial: "IO0001", plateSure: "yes", vehicleKind: "02" });
    assert.equal(sure.location, "statement");
    assert.equal((await app.ctx.accidents.get(id)).parties.A.details?.plate, "沪IO0001");
  });

  it("takes a diplomatic plate without a province, and another company by name", async () => {
    const { id, A } = await openPair(app);
    const other = { ...FORM, province: "-", serial: "224578使", insurerCode: "other" };
    const nameless = await A.post("details", other);
    assert.equal(errorAt(nameless.html, "insurerName"), words("zh", "details.error.insurerName"));
    assert.equal((await A.post("details", { ...other, insurerName: "锦泰保险" })).location, "statement");
    const { details } = (await app.ctx.accidents.get(id)).parties.A;
    assert.deepEqual([details?.plate, details?.vehicleKind, details?.insurerName], ["224578使", "03", "锦泰保险"]);
  });

  it("refuses an insurer that is not in the list, the other's plate or number, an operator and an unknown field", async () => {
    const { id, A, B } = await openPair(app);
    const insurer = await A.post("details", { ...FORM, insurerCode: "NOBODY" });
    assert.equal(errorAt(insurer.html, "insurerCode"), words("zh", "details.error.insurerCode"));
    assert.equal((await A.post("details", FORM)).location, "statement");
    const same = await B.post("details", { ...FORM, serial: "A12345" });
    assert.equal(errorAt(same.html, "serial"), words("zh", "details.error.samePlate"));
    const samePerson = await B.post("details", { ...FORM, serial: "A12346" });
    assert.equal(errorAt(samePerson.html, "idNumber"), words("zh", "details.error.samePerson"));
    assert.equal((await app.ctx.accidents.get(id)).parties.B?.details, null, "nothing is stored");
    const operator = await B.post("details", { ...FORM, "name[$ne]": "null" });
    assert.equal(operator.status, 422);
    assert.ok(operator.html.includes("name[$ne]"));
  });
});

describe("what happened", () => {
  it("comes back as it was written, 503, while the case has no room for what must be said; the same again is taken", async () => {
    const { id, A, B } = await openPair(app);
    for (const letter of ["A", "B"] as const)
      await giveDetails(app.ctx, { accidentId: id, letter, details: DETAILS[letter] });
    await A.post("statement", ACTS.A);
    const entry = { kind: "notice" as const, target: "nobody", body: "{}" };
    const waiting = async () =>
      (await app.ctx.accidents.listOutbox(1_000)).find(({ accidentId }) => accidentId === id)?.entries ?? [];
    const outbox = Array(32 - (await waiting()).length).fill(entry);
    await app.ctx.accidents.change(id, (accident) => ({ accident, events: [], outbox }));
    const full = await B.post("statement", { ...ACTS.B, note: "他变道" });
    assert.equal(full.status, 503);
    assert.ok(full.html.includes("他变道"));
    assert.ok(full.html.includes(app.ctx.render.words("zh")("h5.errors.outbox-full")));
    assert.equal((await app.ctx.accidents.get(id)).parties.B?.statement, null);
    await app.ctx.accidents.pullOutbox(
      id,
      (await waiting()).map((kept) => kept.id),
    );
    assert.equal((await B.post("statement", { ...ACTS.B, note: "他变道" })).status, 303);
  });

  it("shows every act of the catalogue with its drawing, and takes an answer in four touches", async () => {
    const { id, A } = await openPair(app);
    await A.post("details", FORM);
    const { html } = await A.get("statement");
    for (const act of app.config.rules.catalogue.acts.filter(({ id }) => id !== "none")) {
      const drawing = `/assets/${app.ctx.release.hash}/h5/acts/${act.id}.svg`;
      assert.ok(html.includes(`src="${drawing}"`), act.id);
      assert.equal((await fetch(app.url + drawing)).status, 200, act.id);
    }
    assert.equal((await A.post("statement", ACTS.A)).location, "wait-statement");
    assert.equal((await app.ctx.accidents.get(id)).parties.A.statement?.impact, "front");
  });

  for (const language of ["zh", "en"] as const) {
    it(`refuses an unknown act, acts that exclude each other, an unknown point of impact and a long note by name (${language})`, async () => {
      const { id, B } = await openPair(app, { language: { B: language } });
      await B.post("details", FORM);
      const note = "雨".repeat(201);
      const wrong = await B.post("statement", { ownAct: "$ne", otherAct: "QS-02", impact: "roof", note });
      assert.equal(wrong.status, 422);
      for (const field of ["ownAct", "impact", "note"])
        assert.equal(errorAt(wrong.html, field), escaped(words(language, `statement.error.${field}`)));
      assert.ok(isChecked(wrong.html, "otherAct", "QS-02") && wrong.html.includes(note));
      const unknown = await B.post("statement", { ...ACTS.B, ownAct: "QS-98" });
      assert.equal(errorAt(unknown.html, "ownAct"), escaped(words(language, "statement.error.ownAct")));
      const exclusive = await B.post("statement", { ...ACTS.B, ownAct: "QS-04", otherAct: "QS-01" });
      assert.equal(errorAt(exclusive.html, "otherAct"), escaped(words(language, "statement.error.contradiction")));
      assert.equal((await app.ctx.accidents.get(id)).parties.B?.statement, null);
    });
  }

  for (const language of ["zh", "en"] as const)
    it(`asks first whose fault it was, and takes only the acts that this leaves open (${language})`, async () => {
      const { id, B } = await openPair(app, { language: { B: language } });
      await B.post("details", FORM);
      const nothing = await B.post("statement", { impact: "rear" });
      assert.equal(errorAt(nothing.html, "whose"), escaped(words(language, "statement.error.whose")));
      assert.equal(errorAt(nothing.html, "ownAct"), "");
      const unsure = await B.post("statement", { whose: "unsure", impact: "rear" });
      assert.equal(errorAt(unsure.html, "whose"), escaped(words(language, "statement.error.unsure")));
      const half = await B.post("statement", { whose: "both", ownAct: "QS-01", impact: "rear" });
      assert.equal(errorAt(half.html, "otherAct"), escaped(words(language, "statement.error.otherAct")));
      // a drawing that was chosen before the first answer was changed
      await B.post("statement", { whose: "theirs", ownAct: "QS-02", otherAct: "QS-01", impact: "rear" });
      const { ownAct, otherAct } = (await app.ctx.accidents.get(id)).parties.B?.statement ?? {};
      assert.deepEqual([ownAct, otherAct], ["none", "QS-01"]);
      assert.ok(isChecked((await B.get("statement")).html, "whose", "theirs"));
    });

  it("leads who is early or late to the right page and changes nothing", async () => {
    const { id, A } = await openPair(app);
    assert.equal((await A.get("statement")).location, "details");
    assert.equal((await A.post("statement", ACTS.A)).location, "details");
    assert.equal((await A.get("done")).location, "details");
    assert.equal((await app.ctx.accidents.get(id)).parties.A.statement, null);
  });
});

describe("a difference", () => {
  it("shows both answers side by side; the one who was mistaken changes his and both may sign", async () => {
    const { id, A, B } = await readyPair(app, { language: { B: "en" } });
    await giveStatement(app.ctx, {
      accidentId: id,
      letter: "B",
      statement: { ...ACTS.B, otherAct: "QS-02", note: "他变道" },
    });
    const shown = await A.get("difference");
    assert.ok(shown.html.includes("acts/QS-01.svg") && shown.html.includes("acts/QS-02.svg"));
    assert.ok(shown.html.includes(words("zh", "difference.differs")) && shown.html.includes("他变道"));
    assert.equal(shown.html.match(/\/thumb\?/g)?.length, 5, "with the photographs to look at");
    assert.ok((await B.get("difference")).html.includes(escaped(words("en", "difference.lead"))));
    const form = await B.get("statement");
    assert.ok(isChecked(form.html, "otherAct", "QS-02"));
    assert.equal((await B.post("statement", ACTS.B)).location, "sign");
    assert.equal((await A.get("difference")).location, "sign");
  });

  it("ends in a recorded dispute when they do not agree", async () => {
    const { id, A, B } = await readyPair(app);
    await giveStatement(app.ctx, { accidentId: id, letter: "B", statement: { ...ACTS.B, otherAct: "QS-02" } });
    assert.equal((await A.post("difference", {})).status, 422);
    assert.equal((await A.post("difference", { act: "stop" })).location, "ended");
    assert.equal((await B.get("difference")).location, "ended");
    const { ended } = await app.ctx.accidents.get(id);
    assert.deepEqual([ended?.code, ended?.by], ["dispute", "A"]);
  });

  const alike: [string, string, string][] = [
    ["no-fault", NO_ACT, NO_ACT],
    ["unequal-pair", "QS-01", "QS-02"],
    ["officer-act", "QS-99", NO_ACT],
  ];
  for (const [reason, own, other] of alike) {
    it(`says why what both agree on cannot be settled here: ${reason}`, async () => {
      const { id, A } = await readyPair(app);
      const say = (letter: "A" | "B", ownAct: string, otherAct: string) =>
        giveStatement(app.ctx, { accidentId: id, letter, statement: { ...ACTS[letter], ownAct, otherAct } });
      await say("A", own, other);
      await say("B", other, own);
      const { html } = await A.get("difference");
      assert.ok(html.includes(words("zh", `difference.${reason}.why`)));
      await A.post("difference", { act: "stop" });
      assert.deepEqual((await app.ctx.accidents.get(id)).ended?.reasons, [reason]);
    });
  }
});

const sign = async (driver: Driver, more: Record<string, string> = {}) => {
  const { html } = await driver.get("sign");
  return driver.post("sign", {
    contentDigest: fieldValue(html, "contentDigest"),
    signature: SIGNATURE,
    electronic: "yes",
    ...more,
  });
};

describe("signing", () => {
  it("shows each his own two sentences and all of article 21, names both insurers, and concludes with the second signature", async () => {
    const { id, A, B } = await readyPair(app, { language: { B: "en" } });
    const shown = await A.get("sign");
    assert.ok(shown.html.includes(words("zh", "sign.result.full")));
    assert.ok((await B.get("sign")).html.includes(escaped(words("en", "sign.result.none"))));
    const { A: a, B: b } = DETAILS;
    for (const text of [
      a.name,
      b.name,
      a.idNumber,
      b.idNumber,
      a.phone,
      b.phone,
      "延安东路近外滩",
      "当场未提供",
      a.policyNumber ?? "",
    ])
      assert.ok(shown.html.includes(text), text);
    const recipients = "中国人民财产保险股份有限公司（95518）和中国太平洋财产保险股份有限公司（95500）";
    assert.ok(shown.html.includes(recipients), "by full name, with hotlines (PIPL art. 23)");
    assert.ok(!isChecked(shown.html, "electronic", "yes"));
    assert.ok(!isChecked(shown.html, "forwarding", "yes"), "consent is never preset");

    assert.equal((await sign(A, { forwarding: "yes" })).location, "wait-signature");
    assert.equal((await sign(B)).location, "done");
    const { concludedAt, parties } = await app.ctx.accidents.get(id);
    assert.ok(concludedAt);
    assert.deepEqual([parties.A.signature?.forwarding, parties.B?.signature?.forwarding], [true, false]);
    for (const party of [parties.A, parties.B]) assert.equal(party?.signature?.electronic, NOTICE_VERSION);
  });

  it("takes no signature without the consent to sign electronically, and names nobody whom it does not know", async () => {
    const { id, A } = await readyPair(app);
    const refused = await sign(A, { electronic: "" });
    assert.equal(refused.status, 422);
    assert.equal(errorAt(refused.html, "electronic"), words("zh", "sign.error.electronic"));
    assert.equal((await app.ctx.accidents.get(id)).parties.A.signature, null);
    for (const letter of ["A", "B"] as const) {
      const details = { ...DETAILS[letter], insurerCode: "unknown" };
      await giveDetails(app.ctx, { accidentId: id, letter, details });
    }
    const { html } = await A.get("sign");
    assert.ok(html.includes(words("zh", "sign.forwardingNobody")) && !html.includes('name="forwarding"'));
    assert.equal((await sign(A, { forwarding: "yes" })).location, "wait-signature");
    assert.equal((await app.ctx.accidents.get(id)).parties.A.signature?.forwarding, false);
  });

  it("says equal to both when both have an act", async () => {
    const { id, A, B } = await readyPair(app);
    await giveStatement(app.ctx, { accidentId: id, letter: "A", statement: { ...ACTS.A, otherAct: "QS-03" } });
    await giveStatement(app.ctx, { accidentId: id, letter: "B", statement: { ...ACTS.B, ownAct: "QS-03" } });
    for (const driver of [A, B]) assert.ok((await driver.get("sign")).html.includes(words("zh", "sign.result.equal")));
  });

  it("takes no signature for a text that has changed meanwhile: it shows the new one", async () => {
    const { id, A } = await readyPair(app);
    const before = fieldValue((await A.get("sign")).html, "contentDigest");
    await recordPlace(app.ctx, { accidentId: id, letter: "A", ...placeOf(app.ctx), address: "延安东路近四川路" });
    const again = await A.post("sign", {
      contentDigest: before,
      signature: SIGNATURE,
      electronic: "yes",
      forwarding: "yes",
    });
    assert.equal(again.status, 422);
    assert.ok(again.html.includes(words("zh", "sign.error.changed")) && again.html.includes("延安东路近四川路"));
    assert.ok(isChecked(again.html, "forwarding", "yes"));
    const now = fieldValue(again.html, "contentDigest");
    assert.notEqual(now, before);
    assert.equal(
      (await A.post("sign", { contentDigest: now, signature: SIGNATURE, electronic: "yes" })).location,
      "wait-signature",
    );
  });

  it("leads a second signature to where he stands, and keeps the first", async () => {
    const { id, A } = await readyPair(app);
    await sign(A);
    const first = (await app.ctx.accidents.get(id)).parties.A.signature;
    const digest = first?.contentDigest ?? "";
    assert.equal(
      (await A.post("sign", { contentDigest: digest, signature: SIGNATURE, electronic: "yes" })).location,
      "wait-signature",
    );
    assert.deepEqual((await app.ctx.accidents.get(id)).parties.A.signature, first);
  });

  for (const language of ["zh", "en"] as const) {
    it(`asks for ink and refuses what is no drawing (${language})`, async () => {
      const { id, A } = await readyPair(app, { language: { A: language } });
      for (const signature of [
        "",
        "data:image/svg+xml;base64,AAAA",
        `data:image/png;base64,${Buffer.from("no").toString("base64")}`,
      ]) {
        const refused = await sign(A, { signature });
        assert.equal(refused.status, 422);
        assert.equal(errorAt(refused.html, "signature"), escaped(words(language, "sign.error.signature")));
      }
      assert.equal((await app.ctx.accidents.get(id)).parties.A.signature, null);
    });
  }

  it("says what to do where no script opens the box for the signature", async () => {
    const { A } = await readyPair(app);
    const { html } = await A.get("sign");
    for (const key of ["sign.noPad", "sign.noPadLead"]) assert.ok(html.includes(escaped(words("zh", key))), key);
    assert.match(html, /<div data-pad hidden>/);
  });
});

describe("waiting", () => {
  it("says since when, offers ways out only after five minutes, and until when a half-signed agreement lives", async () => {
    const { A } = await readyPair(app);
    await sign(A);
    const soon = await A.get("wait-signature");
    assert.ok(soon.html.includes(words("zh", "wait.wait-signature.what")));
    assert.ok(!soon.html.includes(words("zh", "wait.long")));
    assert.match(soon.html, /对方在 \d+月\d+日 \d\d:\d\d 前签名有效/);
    app.clock.advance(5 * 60_000);
    const late = await A.get("wait-signature");
    assert.ok(late.html.includes(words("zh", "wait.long")) && late.html.includes("/way-out"));
  });

  it("has the other reminded after five minutes, once in five, and says so", async () => {
    const { id, A, B } = await readyPair(app);
    await sign(A);
    const reminders = async () =>
      (await app.ctx.accidents.get(id)).events.filter(({ type }) => type === "party-reminded").length;
    assert.equal((await A.post("remind", {})).location, "wait-signature");
    assert.equal(await reminders(), 0, "nobody has waited long");
    app.clock.advance(5 * 60_000);
    assert.ok((await A.get("wait-signature")).html.includes(`action="/h5/accidents/${id}/remind"`));
    await A.post("remind", {});
    await A.post("remind", {});
    assert.equal(await reminders(), 1);
    const { html } = await A.get("wait-signature");
    assert.match(html, /\d\d:\d\d 已提醒对方/);
    assert.ok(!html.includes(`${id}/remind"`));
    const [kept] = await app.ctx.accidents
      .listOutbox(100)
      .then((all) => all.filter(({ accidentId }) => accidentId === id));
    const last = kept?.entries.at(-1);
    assert.match(await app.ctx.accidents.openBody(id, String(last?.id), last?.sealed as Buffer), /"reminded"/);
    app.clock.advance(5 * 60_000);
    await A.post("remind", {});
    assert.equal(await reminders(), 2);
    assert.equal((await B.post("remind", {})).location, "sign", "who is awaited himself has nobody to remind");
    assert.equal(await reminders(), 2);
  });

  it("shows nothing that the other has typed before the agreement may be read", async () => {
    const { id, A, B } = await openPair(app);
    const canary = { ...DETAILS.B, name: "金丝雀", phone: "13712345679", plate: "沪C77777", policyNumber: "CANARY777" };
    await giveDetails(app.ctx, { accidentId: id, letter: "B", details: canary });
    await giveStatement(app.ctx, { accidentId: id, letter: "B", statement: { ...ACTS.B, note: "金丝雀的话" } });
    const seen = [await A.get("details"), await A.get("")];
    await A.post("details", FORM);
    seen.push(await A.get("statement"), await A.get(""), await A.post("statement", { impact: "roof" }));
    await giveStatement(app.ctx, { accidentId: id, letter: "A", statement: { ...ACTS.A, ownAct: "QS-02" } });
    const difference = await A.get("difference");
    assert.ok(difference.html.includes("金丝雀的话"), "statements are compared when both have spoken");
    for (const { html } of [...seen, difference])
      for (const secret of ["金丝雀", canary.phone, canary.plate, canary.policyNumber, canary.idNumber])
        assert.ok(!html.replaceAll("金丝雀的话", "").includes(secret), secret);
    for (const { html } of seen) assert.ok(!html.includes("金丝雀的话") && !html.includes('value="QS-01" checked'));
    assert.equal((await B.get("details")).html.includes(FORM.name), false);
  });

  it("hides a stranger's accident", async () => {
    const { id } = await readyPair(app);
    const { A } = await openPair(app);
    const stranger = driverOf(app, id, A.person);
    for (const path of ["", "details", "sign", "done", "agreement.pdf", "agreement/1.png"])
      assert.equal((await stranger.get(path)).status, 404, path);
  });
});

describe("done", () => {
  it("prints while one looks, then offers pictures and PDF and says what became of each claim", async () => {
    const { A, B } = await readyPair(app, { language: { B: "en" }, real: true });
    await sign(A, { forwarding: "yes" });
    await sign(B);
    const early = await A.get("done");
    assert.ok(early.html.includes(words("zh", "done.rendering")) && early.html.includes('http-equiv="refresh"'));
    await app.settle();
    const done = await A.get("done");
    assert.ok(!done.html.includes('http-equiv="refresh"') && done.html.includes("agreement/1.png"));
    assert.ok(done.html.includes('href="tel:95518"'));
    // a PDF viewer has no cookie of ours
    const [, link = ""] = /href="(\/h5\/files\/[^"]+\/agreement\.pdf\?[^"]+)"/.exec(done.html) ?? [];
    const open = await fetch(app.url + link.replaceAll("&amp;", "&"), { redirect: "manual" });
    assert.deepEqual([open.status, open.headers.get("content-type")], [200, "application/pdf"]);
    assert.match(String(open.headers.get("content-disposition")), /^inline; filename="KC\d+-\d+\.pdf"/);
    const pdf = await A.get("agreement.pdf");
    assert.equal(pdf.type, "application/pdf");
    assert.equal(pdf.bytes.subarray(0, 5).toString(), "%PDF-");
    const sha256 = createHash("sha256").update(pdf.bytes).digest("hex");
    for (const { html } of [done, await B.get("done")])
      assert.equal(/<code[^>]*>(.*?)<\/code>/.exec(html)?.[1]?.replaceAll("<wbr>", ""), sha256);
    assert.equal((await B.get("agreement/1.png")).type, "image/png");
    assert.equal((await B.get("agreement/99.png")).status, 404);
    const refused = await B.get("done");
    assert.ok(refused.html.includes(words("en", "done.notInformed")) && refused.html.includes('href="tel:95518"'));
  });

  it("keeps a case page that always says what now, and the other's claim to the other", async () => {
    const { id, A, B } = await readyPair(app, { real: true });
    const running = (await A.get("")).html;
    assert.match(running, new RegExp(`href="/h5/accidents/${id}/sign"`));
    assert.match(running, /24 小时内可继续办理.*登录后 12 小时内有效/, "and how long each thing lasts");
    await sign(A, { forwarding: "yes" });
    await sign(B);
    await app.settle();
    const [mine, theirs] = [(await A.get("")).html, (await B.get("")).html];
    const claimLine = words("zh", "case.event.claim-submitted");
    assert.ok(mine.includes(claimLine) && !theirs.includes(claimLine));
    assert.ok(mine.includes(words("zh", "case.step.done")) && mine.includes("已保存照片 5 张"));
  });
});
