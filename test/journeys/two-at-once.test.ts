import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import mongoose from "mongoose";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { expireAccidents } from "../../src/actions/expire-accidents.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { recordPlace } from "../../src/actions/record-place.ts";
import { removeParty } from "../../src/actions/remove-party.ts";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import type { Context } from "../../src/context.ts";
import { type Accident, LETTERS, type Letter, type Person } from "../../src/domain/accident.ts";
import { contentDigest, serialise } from "../../src/domain/agreement.ts";
import { statusOf } from "../../src/domain/case-status.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { Conflict, NotFound } from "../../src/errors.ts";
import { asParty } from "../../src/http/as-party.ts";
import { settlePaper } from "../../src/jobs/settle-paper.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { seeded } from "../embedded/kill/writers.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { joinByCode } from "../support/join-by-code.ts";
import { passTime } from "../support/pass-time.ts";
import { placeOf } from "../support/place-of.ts";
import { storedPhotos } from "../support/stored-photos.ts";
import { type Cast, CLEAR, detailsOf, isRefusal, moment, type Outcome, openCase } from "./walk.ts";

const photo = readFileSync(new URL("../../../test/fixtures/photo-1.jpg", import.meta.url));
const CASES = 24;
const MOMENTS = 6;

let app: TestApp;
let ctx: Context;
before(async () => {
  app = await startApp();
  ctx = app.ctx;
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const story = () => openCase(ctx);

describe("a conclusion", () => {
  it("makes one claim for each party, however often and at the same time the papers are made", async () => {
    const { id } = await readyToSign();
    await Promise.all(
      LETTERS.flatMap((letter) => [sign(id, letter), sign(id, letter)].map((tap) => tap.catch(isConflict))),
    );
    const concluded = await ctx.accidents.get(id);
    assert.ok(concluded.concludedAt);
    assert.equal(concluded.events.filter(({ type }) => type === "agreement-signed").length, 2);
    await Promise.all([1, 2, 3].map(() => settlePaper(ctx, { accidentId: id })));
    const { claims, events } = await ctx.accidents.get(id);
    assert.deepEqual(claims.map(({ party }) => party).sort(), ["A", "B"]);
    assert.equal(events.filter(({ type }) => type === "claim-submitted").length, 2);
    assert.equal(events.filter(({ type }) => type === "documents-rendered").length, 1);
    await app.settle();
    assert.equal(app.simulator.insurers.inbox().filter(({ ref }) => ref.startsWith(concluded.number)).length, 2);
  });
});

describe("both drivers at the same time, with second taps, corrections, removals and endings", () => {
  it(`${CASES} seeded stories of ${MOMENTS} moments keep every promise`, async (t) => {
    const connection = await mongoose.createConnection(app.databaseUri).asPromise();
    const count: Record<string, number> = {};
    for (let seed = 1; seed <= CASES; seed++) {
      const random = seeded(seed * 7919);
      // Every third story begins at the beginning, the others where both are about to sign.
      const cast = seed % 3 === 0 ? await story() : (await readyToSign()).cast;
      const outcomes: Outcome[] = [];
      for (let i = 0; i < MOMENTS; i++) outcomes.push(...(await moment(cast, random)));
      const final = await ctx.accidents.get(cast.id);
      assertPromises({ final, outcomes, cast, seed });
      const document = await connection.collection("accidents").findOne({ _id: cast.id as never });
      assert.equal(document?.status, statusOf(final, ctx.config.rules.catalogue), `seed ${seed}: status`);
      const persons = [final.parties.A, final.parties.B].flatMap((party) => party?.identity.personId ?? []);
      for (const personId of persons) {
        const cases = (await ctx.people.find(personId))?.cases ?? [];
        assert.ok(
          cases.some(({ id }) => id === cast.id),
          `seed ${seed}: persons`,
        );
      }
      const end = final.concludedAt ? "concluded" : final.ended ? "ended" : "running";
      for (const what of [end, ...outcomes.map(({ name, error }) => `${name} ${error ? "refused" : "taken"}`)])
        count[what] = (count[what] ?? 0) + 1;
    }
    await connection.close();
    t.diagnostic(JSON.stringify(count));
    for (const seen of ["concluded", "ended", "sign taken", "sign refused", "remove taken", "details refused"])
      assert.ok((count[seen] ?? 0) > 0, `the walks never saw: ${seen}`);
  });
});

interface Story {
  final: Accident;
  outcomes: Outcome[];
  cast: Cast;
  seed: number;
}

function assertPromises({ final, outcomes, cast, seed }: Story): void {
  const says = (what: string) => `seed ${seed}: ${what}`;
  for (const { name, error } of outcomes)
    assert.ok(!error || isRefusal(error), says(`${name}: ${(error as Error)?.stack}`));
  assert.equal(firstBrokenEvent(final.id, final.events), null, says("the chain of events"));
  const hashes = new Set(final.events.map(({ hash }) => hash));
  for (const { name, acknowledged } of outcomes) {
    if (acknowledged?.id !== final.id) continue;
    for (const { hash, type } of acknowledged.events) assert.ok(hashes.has(hash), says(`${name}: lost ${type}`));
  }
  const concluded = final.events.filter(({ type }) => type === "agreement-concluded");
  assert.equal(concluded.length, final.concludedAt ? 1 : 0, says("conclusions"));
  assert.ok(!(final.concludedAt && final.ended), says("concluded and ended"));
  const signed = LETTERS.flatMap((letter) => final.parties[letter]?.signature ?? []);
  for (const { contentDigest: digest } of signed)
    assert.equal(digest, contentDigest(ctx, final), says("a signature covers what stands there"));
  if (final.concludedAt) {
    assert.equal(signed.length, 2, says("both signed"));
    const last = final.events.findIndex(({ type }) => type === "agreement-concluded");
    assert.equal(last, final.events.length - 1, says("nothing comes after the conclusion"));
  }
  assertOwn(final, cast, says);
}

/** Data under a letter was given by the person with that letter, and is what they said last. */
function assertOwn(final: Accident, { a, others }: Cast, says: (what: string) => string): void {
  for (const letter of LETTERS) {
    const party = final.parties[letter];
    const person = [a, ...others].find(({ id }) => id === party?.identity.personId);
    if (!party || !person) continue;
    const { details, statement } = party;
    if (details) assert.equal(details.name, detailsOf(person, letter, 0).name, says(`${letter}: another's data`));
    for (const [type, value] of [
      ["details-given", details],
      ["statement-given", statement && withoutTime(statement)],
    ] as const) {
      const since = letter === "B" ? final.events.findLastIndex((event) => event.type === "party-joined") : 0;
      const last = final.events.slice(since).findLast((event) => event.type === type && event.by === letter);
      const digest = value && ctx.vault.digest(final.key, serialise(value));
      assert.equal(last?.data.digest ?? null, digest, says(`${letter}: ${type} is the last that was acknowledged`));
    }
  }
}

const withoutTime = ({ statedAt: _, ...rest }: NonNullable<Accident["parties"]["A"]["statement"]>) => rest;

describe("a second tap", () => {
  it("opens no second case", async () => {
    const person = await newPerson();
    const taps = await Promise.all([1, 2, 3, 4].map(() => open(person)));
    assert.equal(new Set(taps.map(({ id }) => id)).size, 1);
    assert.equal((await open(person)).id, taps[0]?.id);
  });

  it("changes nothing, tells nobody twice and voids no signature", async () => {
    const { id, people } = await readyToSign();
    await sign(id, "A");
    const before = await ctx.accidents.get(id);
    await giveDetails(ctx, { accidentId: id, letter: "B", details: detailsOf(people.B, "B", 0) });
    await giveStatement(ctx, { accidentId: id, letter: "B", statement: STATED.B });
    await recordPlace(ctx, { accidentId: id, letter: "A", ...placeOf(ctx) });
    assert.equal((await ctx.accidents.get(id)).version, before.version);
  });

  it("keeps the code that the other page already shows", async () => {
    const { id } = await story();
    const made = app.simulator.platform.qrs().length;
    const codes = await Promise.all([1, 2, 3, 4].map(() => makeInvitation(ctx, { accidentId: id, letter: "A" })));
    assert.equal(new Set(codes.map(({ invitation }) => invitation?.code)).size, 1);
    assert.equal(app.simulator.platform.qrs().length, made + 1, "and the platform is asked for one only");
    app.clock.advance(31 * 60_000);
    const again = await makeInvitation(ctx, { accidentId: id, letter: "A" });
    assert.notEqual(again.invitation?.code, codes[0]?.invitation?.code);
    assert.ok(again.invitation?.qrUrl);
  });

  it("of the same picture leaves it whole", async () => {
    const accident = await open(await newPerson());
    for (const size of [1_000, 3_000_000]) {
      const bytes = randomBytes(size);
      const names = await Promise.all(Array.from({ length: 6 }, () => ctx.blobs.save(accident, bytes, "original")));
      assert.equal(new Set(names).size, 1);
      assert.ok((await ctx.blobs.read(accident, String(names[0]))).equals(bytes), `${size} bytes`);
    }
    await Promise.all(
      [1, 2, 3].map(() =>
        addPhoto(ctx, { accidentId: accident.id, letter: "A", slot: "scene", bytes: photo, source: "form" }),
      ),
    );
    const after = await ctx.accidents.get(accident.id);
    assert.equal(after.photos.filter(({ slot }) => slot === "scene").length, 1);
    assert.ok((await ctx.blobs.read(after, String(storedPhotos(after)[0]?.sha256))).equals(photo));
  });
});

describe("who was taken out", () => {
  it("cannot give his data under the letter of who came after him", async () => {
    const { id, people } = await readyToSign();
    const late = asParty(ctx, { accidentId: id, letter: "B", person: people.B });
    await removeParty(ctx, { accidentId: id, letter: "A" });
    await join(id, await newPerson());
    const before = await ctx.accidents.get(id);
    const acts = [
      giveDetails(late, { accidentId: id, letter: "B", details: detailsOf(people.B, "B", 1) }),
      giveStatement(late, { accidentId: id, letter: "B", statement: STATED.B }),
      addPhoto(late, { accidentId: id, letter: "B", slot: "extra", bytes: photo, source: "form" }),
    ];
    for (const act of acts) await assert.rejects(act, NotFound);
    assert.equal((await ctx.accidents.get(id)).version, before.version);
  });

  it("cannot come back by the code that was taken from him, even if he is reading its page", async () => {
    const { id } = await story();
    const { invitation } = await makeInvitation(ctx, { accidentId: id, letter: "A" });
    const code = invitation?.code ?? "";
    const person = await newPerson();
    await joinByCode(ctx, { person, code, textVersion: NOTICE_VERSION, answer: CLEAR });
    // The driver taps again, and between reading the code and the write driver A removes them.
    const racing = {
      ...ctx,
      accidents: {
        ...ctx.accidents,
        async findByInvitation(given: string) {
          const found = await ctx.accidents.findByInvitation(given);
          await removeParty(ctx, { accidentId: id, letter: "A" });
          return found && { ...found, parties: { ...found.parties, B: null }, invitation };
        },
      },
    } as Context;
    await assert.rejects(joinByCode(racing, { person, code, textVersion: NOTICE_VERSION, answer: CLEAR }), Conflict);
    assert.equal((await ctx.accidents.get(id)).parties.B, null);
  });
});

describe("two who both opened a case", () => {
  it("stand in the one that they share; the other ends without a word", async () => {
    const { id } = await story();
    app.clock.advance(60_000);
    const person = await newPerson();
    const own = await open(person);
    app.clock.advance(60_000);
    await join(id, person);
    assert.equal((await ctx.accidents.findByPerson({ id: person.id }))?.id, id);
    assert.equal((await ctx.accidents.get(own.id)).ended?.code, "withdrawn");
    const { id: again } = await open(person);
    assert.equal(again, id, "who has a case in hand opens no other");
  });
});

describe("many writers", () => {
  it("of one accident all get through", async () => {
    const { id } = await story();
    const made = Array.from({ length: 24 }, (_, n) =>
      recordPlace(ctx, { accidentId: id, letter: "A", ...placeOf(ctx), address: `路${n}` }),
    );
    await Promise.all(made);
    const { events } = await ctx.accidents.get(id);
    assert.equal(events.filter(({ type }) => type === "place-recorded").length, 25);
  });

  it("are not kept from ending by one whose key was forgotten", async () => {
    const [broken, other] = [await open(await newPerson()), await open(await newPerson())];
    const connection = await mongoose.createConnection(app.databaseUri).asPromise();
    const forgotten = { $set: { wrappedKey: randomBytes(60), openedAt: new Date(0) } };
    await connection.collection("accidents").updateOne({ _id: broken.id as never }, forgotten);
    await connection.close();
    await passTime(app, 25 * 3_600_000);
    await expireAccidents(ctx);
    assert.equal((await ctx.accidents.get(other.id)).ended?.code, "timed-out");
  });
});

const STATED = {
  A: { ownAct: "QS-01", otherAct: "none", impact: "front" as const, note: "" },
  B: { ownAct: "none", otherAct: "QS-01", impact: "rear" as const, note: "" },
};

const newPerson = (): Promise<Person> => ctx.people.see(`openid-${ctx.randomId()}`);
const open = (person: Person) => openAccident(ctx, { person, textVersion: NOTICE_VERSION, answer: CLEAR });

async function join(id: string, person: Person): Promise<Accident> {
  const { invitation } = await makeInvitation(ctx, { accidentId: id, letter: "A" });
  return joinByCode(ctx, { person, code: invitation?.code ?? "", textVersion: NOTICE_VERSION, answer: CLEAR });
}

async function readyToSign(): Promise<{ id: string; cast: Cast; people: Record<Letter, Person> }> {
  const cast = await story();
  const people = { A: cast.a, B: cast.others[0] as Person };
  await join(cast.id, people.B);
  for (const letter of LETTERS) {
    await giveDetails(ctx, { accidentId: cast.id, letter, details: detailsOf(people[letter], letter, 0) });
    await giveStatement(ctx, { accidentId: cast.id, letter, statement: STATED[letter] });
  }
  return { id: cast.id, cast, people };
}

async function sign(id: string, letter: Letter): Promise<Accident> {
  const shown = contentDigest(ctx, await ctx.accidents.get(id));
  return signAgreement(ctx, { accidentId: id, letter, contentDigest: shown, signature: SIGNATURE, forwarding: true });
}

function isConflict(error: unknown): void {
  assert.ok(error instanceof Conflict, String(error));
}
