import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mongoose, { type Connection } from "mongoose";
import { endAccident } from "../../src/actions/end-accident.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { type Accident, type Letter, NO_SCENE, type Person } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { newParty, withParty } from "../../src/domain/party.ts";
import { Conflict } from "../../src/errors.ts";
import { createOpener } from "../../src/store/opener.ts";
import { admitted } from "../support/admitted.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DETAILS } from "../support/drivers.ts";

let app: TestApp;
let connection: Connection;
before(async () => {
  app = await startApp();
  connection = await mongoose.createConnection(app.databaseUri).asPromise();
});
after(async () => {
  await connection.close();
  await app.stop();
  await closeDatabase();
});

const newPerson = (): Promise<Person> => admitted(app.ctx.people, `o_${app.ctx.randomId()}`);

async function open(person?: Person): Promise<Accident> {
  const answer = { vehicles: "two" as const, conditions: [] };
  return openAccident(app.ctx, { person: person ?? (await newPerson()), textVersion: NOTICE_VERSION, answer });
}

const give = (id: string, letter: Letter, plate: string) =>
  app.ctx.accidents.change(id, (accident) => ({
    accident: withParty(accident, letter, { details: { ...DETAILS[letter], plate } }),
    events: [],
  }));

const idsBy = async (kind: "number" | "plate" | "phone", value: string) =>
  (await app.ctx.accidents.listBy(kind, value)).map(({ id }) => id);

const lookups = () => connection.collection<{ _id: string; accidentId: string }>("lookups");

describe("an accident", () => {
  it("is found by number, plate and phone, the latest first, and no more by what was corrected", async () => {
    const [one, other] = [await open(), await open()];
    app.clock.advance(1_000);
    const latest = await open();
    for (const { id } of [one, other, latest]) await give(id, "A", "沪A00001");
    assert.deepEqual((await idsBy("plate", "沪A00001"))[0], latest.id);
    await give(other.id, "A", "沪A00002");
    assert.deepEqual((await idsBy("plate", "沪A00001")).sort(), [one.id, latest.id].sort());
    assert.deepEqual(await idsBy("plate", "沪A00002"), [other.id]);
    await give(other.id, "A", "沪A00001");
    assert.equal((await idsBy("plate", "沪A00001")).length, 3, "corrected back");
    assert.equal((await idsBy("phone", DETAILS.A.phone)).length, 3);
    assert.deepEqual(await idsBy("number", one.number), [one.id]);
    assert.deepEqual(await idsBy("number", "KC20260101-999999"), []);
  });

  it("leaves nothing readable in what it is found by", async () => {
    const person = await newPerson();
    const accident = await open(person);
    await give(accident.id, "A", "沪A00003");
    const { invitation } = await makeInvitation(app.ctx, { accidentId: accident.id, letter: "A" });
    const stored = JSON.stringify(await lookups().find({ accidentId: accident.id }).toArray());
    const secrets = [
      "沪A00003",
      DETAILS.A.phone,
      accident.number,
      String(invitation?.code),
      String(invitation?.digits),
    ];
    for (const secret of [...secrets, person.openid]) assert.ok(!stored.includes(secret), secret);
  });

  it("is not invented by a lookup whose accident was never written, and hides no other", async () => {
    const person = await newPerson();
    const accident = await open(person);
    const { invitation } = await makeInvitation(app.ctx, { accidentId: accident.id, letter: "A" });
    assert.ok(invitation);
    const found = await lookups().find({ accidentId: accident.id }).toArray();
    const dangling = found
      .filter(({ _id }) => _id.endsWith(`/${accident.id}`))
      .map((row) => ({ ...row, _id: row._id.replace(accident.id, "never-written"), accidentId: "never-written" }));
    assert.ok(dangling.length >= 4);
    await lookups().insertMany(dangling);
    const later = { id: "never-written", at: new Date(app.clock.now().getTime() + 60_000) };
    await connection
      .collection<{ _id: string; cases: object[] }>("people")
      .updateOne({ _id: person.id }, { $push: { cases: later } });
    assert.equal((await app.ctx.accidents.findByInvitation(invitation.code))?.id, accident.id);
    assert.equal((await app.ctx.accidents.findByInvitation(invitation.digits))?.id, accident.id);
    assert.equal((await app.ctx.accidents.findByPerson({ id: person.id }))?.id, accident.id);
    assert.equal((await app.ctx.accidents.findByPerson(await app.ctx.people.see(person.openid)))?.id, accident.id);
  });

  it("takes everything that leads to it along when it is erased", async () => {
    const [driver, other] = [await newPerson(), await newPerson()];
    const { id } = await open(driver);
    await app.ctx.accidents.change(id, (accident) => ({
      accident: { ...accident, parties: { ...accident.parties, B: newParty(other, "1", app.clock.now()) } },
      events: [],
    }));
    await give(id, "B", "沪A00004");
    assert.equal((await app.ctx.accidents.findByPerson({ id: other.id }))?.id, id);
    await app.ctx.retention.erase(id);
    assert.equal(await lookups().countDocuments({ accidentId: id }), 0);
    for (const { id: _id, openid } of [driver, other]) {
      assert.deepEqual((await app.ctx.people.find(_id))?.cases, []);
      assert.equal(await app.ctx.accidents.findByPerson(await app.ctx.people.see(openid)), null);
    }
    assert.deepEqual(await idsBy("plate", "沪A00004"), []);
    assert.notEqual((await open(driver)).id, id);
  });
});

describe("a person", () => {
  it("who was forgotten while the case is kept finds it again", async () => {
    const person = await newPerson();
    const { id } = await open(person);
    const after = new Date(app.clock.now().getTime() + 7_200_000);
    await app.ctx.retention.forgetUnseen(person.id, after);
    assert.equal(await app.ctx.people.find(person.id), null);
    assert.equal((await app.ctx.accidents.findByPerson(await app.ctx.people.see(person.openid)))?.id, id);
    assert.deepEqual(
      (await app.ctx.people.find(person.id))?.cases?.map((one) => one.id),
      [id],
    );
  });

  it("is not forgotten when a case came between the question and the word", async () => {
    const person = await newPerson();
    const { id } = await open(person);
    await app.ctx.people.forget(person, { case: false });
    assert.equal((await app.ctx.accidents.findByPerson({ id: person.id }))?.id, id);
  });

  it("opens one case at a time, however often at once, and another when it is over", async () => {
    const person = await newPerson();
    const at = app.clock.now();
    const draft = (n: number) => ({
      ...{ id: `${person.id}-${n}`, number: `KC-${person.id}-${n}`, openedAt: at, district: null },
      scene: NO_SCENE,
      parties: { A: newParty(person, "1", at), B: null },
      ...{ photos: [], photoTries: {}, invitation: null, movedAt: null, concludedAt: null, dispute: null, recused: [] },
      ...{ documents: null, claims: [], ended: null },
    });
    const opened = await Promise.allSettled([1, 2, 3, 4].map((n) => app.ctx.accidents.create(draft(n), [])));
    const [first, ...more] = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    assert.ok(first && more.length === 0);
    for (const one of opened) if (one.status === "rejected") assert.ok(one.reason instanceof Conflict);
    await endAccident(app.ctx, { accidentId: first.id, letter: "A", code: "withdrawn" });
    assert.equal(await app.ctx.accidents.findOpenedBy(person.id), null);
    const next = await app.ctx.accidents.create(draft(5), []);
    assert.equal((await app.ctx.accidents.findOpenedBy(person.id))?.id, next.id);
  });

  it("gets on where an attempt to open a case ended before it was written", async () => {
    const person = await newPerson();
    assert.equal(await createOpener(connection, app.ctx.vault).take(person.id, "begun"), "begun");
    const accident = await open(person);
    assert.equal(accident.id, "begun");
    assert.equal((await open(person)).id, "begun");
    assert.equal((await app.ctx.accidents.findByPerson({ id: person.id }))?.id, "begun");
  });
});
