import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { chooseLanguage } from "../../src/actions/choose-language.ts";
import { endAccident } from "../../src/actions/end-accident.ts";
import { findInvited } from "../../src/actions/find-invited.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { BRAKES } from "../../src/domain/brakes.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { Phone } from "../h5/phone.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { joinByCode } from "../support/join-by-code.ts";

const clear = { vehicles: "two" as const, conditions: [] };
const MINUTE_MS = 60_000;

describe("brakes", () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(async () => {
    await app.stop();
    await closeDatabase();
  });

  const newPerson = () => app.ctx.people.see(`o_${app.ctx.randomId()}`);
  const phoneOf = (openid: string) => new Phone(app, openid);
  const open = (person: Awaited<ReturnType<typeof newPerson>>) =>
    openAccident(app.ctx, { person, textVersion: NOTICE_VERSION, answer: clear });
  const end = (accidentId: string) => endAccident(app.ctx, { accidentId, letter: "A", code: "withdrawn" });

  it("let one driver open five cases a day, and come back to the running one as often as they like", async () => {
    const person = await newPerson();
    for (let n = 0; n < BRAKES.openings.limit; n++) {
      const { id } = await open(person);
      assert.equal((await open(person)).id, id);
      await end(id);
    }
    await assert.rejects(open(person), { code: "too-many-cases", status: 429 });
    assert.ok(await open(await newPerson()), "nobody else is held");
    app.clock.advance(BRAKES.openings.windowMs + 1_000);
    assert.ok(await open(person));
  });

  it("end joining by digits for a while when everybody together types too many wrong ones; the QR code goes on", async () => {
    const { id } = await open(await newPerson());
    const { invitation } = await makeInvitation(app.ctx, { accidentId: id, letter: "A" });
    assert.ok(invitation);
    const wrong = invitation.digits === "000000" ? "000001" : "000000";
    const { ctx } = app;
    for (let n = 0; n < BRAKES.wrongDigits.limit; n++) {
      const person = { id: `guesser-${Math.floor(n / 4)}`, openid: "", language: "zh" as const };
      await assert.rejects(findInvited(ctx, { person: person as never, code: wrong }), { code: "invitation-unknown" });
    }
    const person = await newPerson();
    await assert.rejects(findInvited(ctx, { person, code: invitation.digits }), {
      code: "digits-off",
      status: 429,
    });
    const refused = await phoneOf(person.openid).open("/h5/join");
    assert.equal(refused.status, 429);
    assert.match(refused.html, /目前只能扫码加入/);
    assert.equal((await findInvited(ctx, { person, code: invitation.code })).id, id);
    app.clock.advance(BRAKES.wrongDigits.windowMs);
    const { invitation: fresh } = await makeInvitation(app.ctx, { accidentId: id, letter: "A" });
    assert.equal((await findInvited(ctx, { person, code: fresh?.digits ?? "" })).id, id);
  });

  it("hold who changes a statement for ever, and the other driver goes on", async () => {
    const { id } = await open(await newPerson());
    const { invitation } = await makeInvitation(app.ctx, { accidentId: id, letter: "A" });
    const code = invitation?.code ?? "";
    await joinByCode(app.ctx, { person: await newPerson(), code, textVersion: NOTICE_VERSION, answer: clear });
    const impacts = ["front", "rear"] as const;
    const state = (letter: "A" | "B", n: number) => {
      const { acts } = app.ctx.config.rules.catalogue;
      const act = acts[0]?.id as never;
      const statement = { ownAct: act, otherAct: "none", impact: impacts[n % 2], note: "" } as never;
      return giveStatement(app.ctx, { accidentId: id, letter, statement });
    };
    for (let n = 0; n < 30; n++) await state("B", n);
    await assert.rejects(state("B", 30), { code: "too-many-changes", status: 429 });
    await state("A", 0);
    app.clock.advance(60 * MINUTE_MS + 1);
    await state("B", 30);
  });

  it("let a language be chosen without growing a case that is over", async () => {
    const person = await newPerson();
    const { id } = await open(person);
    const ended = await end(id);
    await chooseLanguage(app.ctx, { person, language: "en" });
    assert.equal((await app.ctx.accidents.get(id)).events.length, ended.events.length);
  });
});
