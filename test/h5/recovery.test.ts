import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { endAccident } from "../../src/actions/end-accident.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import { withdrawForwarding } from "../../src/actions/withdraw-forwarding.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { joinByCode } from "../support/join-by-code.ts";
import { alertText, button, heading, Phone } from "./phone.ts";
import { ACTS, driverOf, fieldValue, isChecked, openPair, type Pair, readyPair } from "./settle-driver.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const words = (language: "zh" | "en", key: string) => app.ctx.render.words(language).find(`h5.${key}`) ?? key;
/** The words before the first name in them, as a page has them. */
const plainWords = (language: "zh" | "en", key: string) =>
  (words(language, key).split("{")[0] ?? "").replaceAll("'", "&#39;");
const accidentOf = ({ id }: Pair) => app.ctx.accidents.get(id);
const typesOf = async (pair: Pair) => (await accidentOf(pair)).events.map(({ type }) => type);

type Addressee = "A" | "B" | "nobody";

/** Codes and addressees of the notices that wait in the outbox. */
async function noticesOf(pair: Pair): Promise<{ code: string; to: Addressee }[]> {
  const all = await app.ctx.accidents.listOutbox(1_000);
  const entries = all.find(({ accidentId }) => accidentId === pair.id)?.entries ?? [];
  const read = async ({ id, target, sealed }: (typeof entries)[number]): Promise<{ code: string; to: Addressee }> => {
    const { code } = JSON.parse(await app.ctx.accidents.openBody(pair.id, id, sealed)) as { code: string };
    const to = (["A", "B"] as const).find((letter) => pair[letter].person.id === target) ?? "nobody";
    return { code, to };
  };
  return Promise.all(entries.filter(({ kind }) => kind === "notice").map(read));
}

describe("taking the other driver out", () => {
  for (const language of ["zh", "en"] as const) {
    it(`asks first and names the plate, then tells the removed driver why and what to do (${language})`, async () => {
      const pair = await readyPair(app, { language: { A: language, B: language } });
      const question = await pair.A.get("remove-other");
      assert.equal(heading(question.html), words(language, "remove.title"));
      assert.ok(question.html.includes("沪A·D1**45"), "the plate, masked");
      assert.ok((await accidentOf(pair)).parties.B, "a look removes nobody");
      assert.equal((await pair.A.post("remove-other", {})).location, "invite");
      const told = await pair.B.get("details");
      assert.equal(told.status, 404);
      assert.equal(heading(told.html), words(language, "absent.removed-from-case.title"));
      assert.match(alertText(told.html), /\d\d:\d\d/);
      assert.ok(button(told.html, words(language, "join.enterDigits")));
      assert.ok((await noticesOf(pair)).some(({ code, to }) => code === "removed" && to === "B"));
    });
  }

  it("is not offered once one has signed, and says so", async () => {
    const pair = await readyPair(app);
    await sign(pair, "A");
    const { html } = await pair.A.get("remove-other");
    assert.equal(heading(html), words("zh", "remove.cannotTitle"));
    await pair.A.post("remove-other", {});
    assert.ok((await accidentOf(pair)).parties.B);
  });

  it("says of what was sent meanwhile that it was not saved, and gives a script the code", async () => {
    const pair = await openPair(app);
    await pair.A.post("remove-other", {});
    const sent = await pair.B.post("details", { name: "某人" });
    assert.equal(sent.status, 404);
    assert.ok(sent.html.includes(words("zh", "absent.notTaken")));
    const live = await fetch(pair.B.urlOf("live"), {
      headers: { accept: "application/json", cookie: `${pair.B.cookie.name}=${pair.B.cookie.value}` },
    });
    assert.equal(live.status, 404);
    assert.equal(((await live.json()) as { error: { code: string } }).error.code, "removed-from-case");
  });

  it("tells a stranger the same in plain words whether or not there is such a case", async () => {
    const pair = await openPair(app);
    const stranger = (await openPair(app)).A.person;
    for (const id of [pair.id, "no-such-case"]) {
      const page = await driverOf(app, id, stranger).get("details");
      assert.equal(page.status, 404);
      assert.equal(heading(page.html), words("zh", "absent.not-your-case.title"));
    }
  });
});

async function sign(pair: Pair, letter: "A" | "B"): Promise<void> {
  const digest = contentDigest(app.ctx, await accidentOf(pair));
  const input = { accidentId: pair.id, letter, contentDigest: digest, signature: SIGNATURE, forwarding: true };
  await signAgreement(app.ctx, input);
}

describe("a case that one driver has ended", () => {
  const end = ({ id }: Pair, letter: "A" | "B", code: "withdrawn" | "dispute" | "hold-scene" = "withdrawn") =>
    endAccident(app.ctx, { accidentId: id, letter, code });

  it("is taken up again by that driver alone within two hours, with photographs and entries; both are told", async () => {
    const pair = await readyPair(app);
    await sign(pair, "B");
    await end(pair, "A");
    const { html } = await pair.A.get("ended");
    assert.ok(button(html, words("zh", "resume.act")));
    app.clock.advance(2 * 3600_000 - 1_000);
    assert.equal((await pair.A.post("resume", {})).location, "sign");
    const after = await accidentOf(pair);
    assert.equal(after.ended, null);
    assert.equal(after.photos.length, 5);
    assert.ok(after.parties.A.details && after.parties.B?.statement);
    assert.equal(after.parties.B.signature, null, "it is read and signed anew");
    assert.equal((await typesOf(pair)).at(-1), "resumed");
    assert.ok((await noticesOf(pair)).some(({ code, to }) => code === "resumed" && to === "B"));
    assert.ok((await pair.B.get("")).html.includes(words("zh", "case.event.resumed")));
  });

  it("goes on when the other driver asks for it and the first agrees", async () => {
    const pair = await readyPair(app, { language: { A: "en", B: "en" } });
    await end(pair, "A", "dispute");
    const offered = await pair.B.get("ended");
    assert.ok(button(offered.html, words("en", "resume.ask")) && button(offered.html, words("en", "resume.agree")));
    assert.equal((await pair.B.post("resume", {})).location, "ended");
    await pair.B.post("resume", {});
    assert.equal((await typesOf(pair)).filter((type) => type === "resume-asked").length, 1);
    assert.ok((await noticesOf(pair)).some(({ code, to }) => code === "resume-asked" && to === "A"));
    assert.equal((await pair.A.post("resume", {})).location, "sign");
  });

  it("takes no form any more, and tells the page's script so: what was entered stays on the phone", async () => {
    const pair = await openPair(app);
    const sent = async (cookie: string) => {
      const body = new URLSearchParams({ _csrf: fieldValue((await pair.B.get("details")).html, "_csrf") });
      const headers = { cookie, accept: "text/html", "x-sent-by": "script" };
      const answer = await fetch(pair.B.urlOf("details"), { method: "POST", headers, body, redirect: "manual" });
      const to = answer.headers.get("location") ?? "";
      return [answer.status, to.split(/[/?]/).at(-1), answer.headers.get("x-form-not-taken")];
    };
    const cookie = `${pair.B.cookie.name}=${pair.B.cookie.value}`;
    assert.deepEqual((await sent(""))[2], "1", "the session has ended");
    await end(pair, "A");
    assert.deepEqual(await sent(cookie), [204, "ended", "1"]);
  });

  it("stays ended once the other driver agrees to it, or after two hours", async () => {
    const agreed = await readyPair(app);
    await end(agreed, "A");
    await agreed.B.post("agree-end", {});
    assert.ok((await noticesOf(agreed)).some(({ code, to }) => code === "end-agreed" && to === "A"));
    const late = await readyPair(app);
    await end(late, "B");
    app.clock.advance(2 * 3600_000);
    for (const pair of [agreed, late]) {
      for (const letter of ["A", "B"] as const) {
        assert.ok(!(await pair[letter].get("ended")).html.includes(`${pair.id}/resume`));
        assert.equal((await pair[letter].post("resume", {})).location, "ended");
      }
      assert.ok((await accidentOf(pair)).ended);
    }
  });

  it("is not taken up again where somebody is hurt", async () => {
    const pair = await readyPair(app);
    await end(pair, "A", "hold-scene");
    await pair.A.post("resume", {});
    assert.equal((await accidentOf(pair)).ended?.code, "hold-scene");
  });

  it("is not taken up beside another one that its opener has running, and is their running one afterwards", async () => {
    const pair = await readyPair(app);
    const { person } = pair.A;
    await end(pair, "A");
    const answer = { vehicles: "two" as const, conditions: [] };
    const next = await openAccident(app.ctx, { person, textVersion: "1", answer });
    assert.notEqual(next.id, pair.id);
    const refused = await pair.A.post("resume", {});
    assert.equal(refused.status, 422);
    assert.ok(refused.html.includes(words("zh", "resume.another")));
    await endAccident(app.ctx, { accidentId: next.id, letter: "A", code: "withdrawn" });
    assert.equal((await pair.A.post("resume", {})).location, "sign");
    assert.equal((await app.ctx.accidents.findOpenedBy(person.id))?.id, pair.id);
    assert.equal((await openAccident(app.ctx, { person, textVersion: "1", answer })).id, pair.id);
  });
});

describe("a signature that ceased to count", () => {
  for (const language of ["zh", "en"] as const) {
    it(`is said on the page with what the other changed, masked and marked, the tick kept (${language})`, async () => {
      const pair = await readyPair(app, { language: { A: language, B: language } });
      await sign(pair, "A");
      const details = { ...DETAILS.B, phone: "13712345679", plate: "沪AD77777" };
      await giveDetails(app.ctx, { accidentId: pair.id, letter: "B", details });
      const { html } = await pair.A.get("sign");
      const note = /<div class="kc-note" role="status" id="correction">[\s\S]*?<\/div>/.exec(html)?.[0] ?? "";
      assert.ok(note.includes(plainWords(language, "correction.other")), note);
      assert.ok(note.includes("<del>139***00</del> → <ins>137***79</ins>"), note);
      assert.ok(note.includes("<del>沪AD12345</del> → <ins>沪AD77777</ins>"), note);
      assert.ok(!note.includes("13712345679") && !note.includes(DETAILS.B.phone));
      for (const field of ["phone", "plate"])
        assert.match(html, new RegExp(`kc-piece_changed"[^>]*data-field="${field}"`), field);
      assert.equal(html.match(/kc-piece_changed/g)?.length, 2);
      assert.ok(isChecked(html, "forwarding", "yes"));
      await sign(pair, "A");
      assert.ok(!(await pair.A.get("wait-signature")).html.includes('id="correction"'));
    });
  }

  it("is said where the accounts differ now, and keeps what was signed first over several corrections", async () => {
    const pair = await readyPair(app);
    await sign(pair, "A");
    const statement = { ...ACTS.B, otherAct: "QS-02" };
    await giveStatement(app.ctx, { accidentId: pair.id, letter: "B", statement });
    const { html } = await pair.A.get("difference");
    assert.ok(html.includes(words("zh", "correction.stated")));
    await giveStatement(app.ctx, { accidentId: pair.id, letter: "B", statement: { ...ACTS.B, impact: "front" } });
    const again = (await pair.A.get("sign")).html;
    assert.equal(again.match(/<del>/g)?.length, 1, "only the point of impact differs from what was signed");
    const kept = await accidentOf(pair);
    assert.equal(kept.parties.A.voided?.signed.parties.B.statement?.impact, ACTS.B.impact);
    assert.equal(kept.parties.B?.voided, undefined);
  });

  it("asks afresh for the consent to forward where the insurers or the liability are others now, or it was withdrawn", async () => {
    const forwarding = async (pair: Pair) => isChecked((await pair.A.get("sign")).html, "forwarding", "yes");
    const insurer = await readyPair(app);
    await sign(insurer, "A");
    await giveDetails(app.ctx, { accidentId: insurer.id, letter: "B", details: { ...DETAILS.B, insurerCode: "PAIC" } });
    assert.equal(await forwarding(insurer), false);

    const liability = await readyPair(app);
    await sign(liability, "A");
    for (const [letter, ownAct, otherAct] of [["B", "QS-02", "QS-04"] as const, ["A", "QS-04", "QS-02"] as const])
      await giveStatement(app.ctx, {
        accidentId: liability.id,
        letter,
        statement: { ...ACTS[letter], ownAct, otherAct },
      });
    assert.equal(await forwarding(liability), false);

    const withdrawn = await readyPair(app);
    await sign(withdrawn, "A");
    await withdrawForwarding(app.ctx, { accidentId: withdrawn.id, letter: "A" });
    await withdrawn.A.post("take-back", {});
    assert.equal(await forwarding(withdrawn), false);
  });

  it("forgets what named the other driver when they are taken out", async () => {
    const pair = await readyPair(app);
    await sign(pair, "A");
    await giveDetails(app.ctx, { accidentId: pair.id, letter: "B", details: { ...DETAILS.B, phone: "13712345679" } });
    await pair.A.post("remove-other", {});
    assert.equal((await accidentOf(pair)).parties.A.voided ?? null, null);
  });
});

describe("after one's own signature", () => {
  it("what was signed can be read, and the signature taken back until the other has signed", async () => {
    const pair = await readyPair(app);
    await sign(pair, "A");
    assert.ok((await pair.A.get("wait-signature")).html.includes(`${pair.id}/signed`));
    const signed = await pair.A.get("signed");
    assert.equal(heading(signed.html), words("zh", "signed.title"));
    for (const shown of [DETAILS.A.name, DETAILS.B.name, "延安东路近外滩"])
      assert.ok(signed.html.includes(shown), shown);
    assert.equal((await pair.A.post("take-back", {})).location, "sign");
    assert.equal((await accidentOf(pair)).parties.A.signature, null);
    assert.equal((await typesOf(pair)).at(-1), "signature-taken-back");
    assert.ok((await noticesOf(pair)).some(({ code, to }) => code === "signature-taken-back" && to === "B"));
    const { html } = await pair.A.get("sign");
    assert.ok(html.includes(words("zh", "correction.takenBack")) && isChecked(html, "forwarding", "yes"));
    assert.equal((await pair.A.get("details")).status, 200, "it can be corrected");
    await sign(pair, "A");
    await sign(pair, "B");
    assert.equal((await pair.A.post("take-back", {})).location, "done");
    assert.ok((await accidentOf(pair)).parties.A.signature);
  });
});

describe("a code for the other driver", () => {
  it("is one tap away on each page until they are there, and gone afterwards", async () => {
    const phone = await openPair(app);
    await phone.A.post("remove-other", {});
    for (const path of ["details", "place", ""])
      assert.match((await phone.A.get(path)).html, /<a class="kc-code"/, path);
    const card = (await phone.A.get("invite")).html;
    assert.match(card, /data-renew-in="\d+"/);
    const code = (await accidentOf(phone)).invitation?.code ?? "";
    const person = (await openPair(app)).A.person;
    await joinByCode(app.ctx, { person, code, textVersion: "1", answer: { vehicles: "two", conditions: [] } });
    for (const path of ["details", "place", ""]) assert.doesNotMatch((await phone.A.get(path)).html, /kc-code/, path);
    assert.equal(heading((await phone.A.get("invite")).html), words("zh", "invite.joinedTitle"));
  });

  it("that was renewed meanwhile is told to its scanner as expired, with the way on", async () => {
    const pair = await openPair(app);
    await pair.A.post("remove-other", {});
    const old = (await accidentOf(pair)).invitation?.code ?? "";
    app.clock.advance(31 * 60_000);
    await pair.A.post("invitation", {});
    assert.notEqual((await accidentOf(pair)).invitation?.code, old);
    const page = await new Phone(app, "oScannerOfAnOldCode0000000001").open(`/h5/join/${old}`);
    assert.equal(page.status, 410);
    assert.ok(page.html.includes(words("zh", "errors.invitation-expired")));
    assert.ok(page.html.includes(words("zh", "join.refusedAct.invitation-expired")));
  });

  it("says before joining that the case one has begun oneself is withdrawn", async () => {
    const pair = await openPair(app);
    await pair.A.post("remove-other", {});
    const code = (await accidentOf(pair)).invitation?.code ?? "";
    const person = await app.ctx.people.see("oBegunTwice0000000000000001");
    const own = await openAccident(app.ctx, { person, textVersion: "1", answer: { vehicles: "two", conditions: [] } });
    const page = await new Phone(app, "oBegunTwice0000000000000001").open(`/h5/join/${code}`);
    assert.ok(page.html.includes(own.number));
    await joinByCode(app.ctx, { person, code, textVersion: "1", answer: { vehicles: "two", conditions: [] } });
    assert.equal((await app.ctx.accidents.get(own.id)).ended?.code, "withdrawn");
  });
});
