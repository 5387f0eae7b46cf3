import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import mongoose from "mongoose";
import type { ChainedEvent, Letter } from "../../src/domain/accident.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { PARTY_FILES, PARTY_PAGES } from "../../src/h5/router.ts";
import { STEP_PAGES } from "../../src/h5/step-pages.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { newAccidentKey } from "../../src/store/vault.ts";
import { type Answer, hidden, Phone } from "../h5/phone.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { collectionNames } from "../support/collection-names.ts";
import { closeDatabase, databaseDir, freePort } from "../support/database.ts";
import { signedInOfficer } from "../support/desk-client.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { storedPhotos } from "../support/stored-photos.ts";
import { type WatchedAddresses, watchAddresses } from "../support/watched-addresses.ts";
import { DESK, decideDispute } from "./canary-dispute.ts";

type Canary = Record<string, string>;

/** Nothing of this may stand anywhere but on the pages, the papers and the claims of the two. */
const CANARIES: Record<Letter, Canary> = {
  A: {
    openid: "oCanaryOfDriverA00000000001",
    name: "甲金丝雀",
    idNumber: "310101199003077413",
    phone: "13811122233",
    plate: "A9C7Y5",
    policyNumber: "CANARYPOLICYA77",
    note: "甲的金丝雀便条",
    insurerName: "金丝雀互助保险社",
  },
  B: {
    openid: "oCanaryOfDriverB00000000002",
    name: "乙金丝雀",
    idNumber: "310115194910010031",
    phone: "13944455566",
    plate: "B8D6X4",
    policyNumber: "CANARYPOLICYB88",
    note: "乙的金丝雀便条",
    chatWords: "我在金丝雀路口说的话",
  },
};
/** Two others, who differ. */
const DISPUTING: typeof CANARIES = {
  A: {
    openid: "oCanaryOfDriverC00000000003",
    name: "丙金丝雀",
    idNumber: "310104198808123354",
    phone: "13822233344",
    plate: "C4E6W8",
    policyNumber: "CANARYPOLICYC99",
    note: "丙的金丝雀便条",
  },
  B: {
    openid: "oCanaryOfDriverD00000000004",
    name: "庚金丝雀",
    idNumber: "310110199203056621",
    phone: "13955566677",
    plate: "D3F7V9",
    policyNumber: "CANARYPOLICYD11",
    note: "庚的金丝雀便条",
  },
};
const SHARED = {
  address: "金丝雀大道一百零八号",
  label: "金丝雀广场东门",
  surveyor: "丙金丝雀查勘员",
  surveyorPhone: "13777788899",
  reason: "金丝雀材料不全",
  claimNo: "CANARY-CLAIM-NO-1",
  disputedAddress: "金丝雀路与夜莺路路口",
};
const ALL = [CANARIES, DISPUTING]
  .flatMap(({ A, B }) => [A, B])
  .concat(SHARED, DESK)
  .flatMap(Object.values<string>);

/** Values that the other driver must not read before the agreement; the openid never. */
const secretsOf = (letter: Letter, { stated = false } = {}): string[] =>
  Object.entries(CANARIES[letter]).flatMap(([name, value]) => (name === "note" && stated ? [] : [value]));

let app: TestApp;
let metricsPort: number;
let addresses: WatchedAddresses;

before(async () => {
  metricsPort = await freePort();
  app = await startApp({ env: { METRICS_PORT: String(metricsPort) } });
  addresses = watchAddresses();
});
after(async () => {
  addresses.end();
  await app.stop();
  await closeDatabase();
});

/** The platform itself writes the openid into the address of a push; nothing of ours does. */
const withoutPlatforms = (address: string): string => address.replace(/(\/wechat\?(?:.*&)?openid=)[^&]*/, "$1");

const hits = (text: string | Buffer, canaries: readonly string[]): string[] =>
  canaries.filter((canary) => formsOf(canary).some((form) => text.includes(form as never)));

/** As it is, in JSON's escapes, in an address, in base64 (any alignment) and in UTF-16. */
function formsOf(canary: string): (string | Buffer)[] {
  const shifted = [0, 1, 2].map((pad) => {
    const base64 = Buffer.concat([Buffer.alloc(pad), Buffer.from(canary)]).toString("base64");
    return base64.slice(pad === 0 ? 0 : 4, -4);
  });
  const escaped = JSON.stringify(canary).slice(1, -1);
  const ascii = escaped.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [
    canary,
    ascii,
    encodeURIComponent(canary),
    Buffer.from(canary).toString("hex"),
    Buffer.from(canary, "utf16le").toString("latin1"),
    ...shifted.filter((form) => form.length >= 8),
  ];
}

interface Story {
  id: string;
  a: Phone;
  b: Phone;
}

describe("two drivers whose data are canaries", () => {
  let story: Story;
  let disputedId: string;

  it("see nothing of each other before the agreement can be read", async () => {
    const [a, b] = [new Phone(app, CANARIES.A.openid), new Phone(app, CANARIES.B.openid)];
    const { platform } = app.simulator;
    await platform.follow(CANARIES.A.openid!);
    await platform.follow(CANARIES.B.openid!);
    await platform.sendText(CANARIES.B.openid!, CANARIES.B.chatWords!);
    const started = await a.fill("/h5/start", { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" });
    const id = started.location.split("/")[3] ?? "";
    story = { id, a, b };
    await platform.sendLocation(CANARIES.A.openid!, { latitude: 31.23, longitude: 121.47, label: SHARED.label });
    await photographs(story);
    await ok(a.fill(`/h5/accidents/${id}/move`, {}));
    await ok(a.fill(`/h5/accidents/${id}/place`, { address: SHARED.address, when: "0", weather: "rain" }));
    await ok(a.fill(`/h5/accidents/${id}/details`, detailsOf(CANARIES.A, "PICC")));
    const code = (await app.ctx.accidents.get(id)).invitation?.code;
    const invited = await b.open(`/h5/join/${code}`);
    assert.deepEqual(hits(invited.html, secretsOf("A")), [], "the invitation");
    await ok(b.fill(`/h5/join/${code}`, { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" }));
    await ok(a.fill(`/h5/accidents/${id}/statement`, statementOf(CANARIES.A, "QS-01", "none")));
    await assertBlind(story, "B", "A", false);
    await ok(b.fill(`/h5/accidents/${id}/details`, detailsOf(CANARIES.B, "CPIC")));
    await assertBlind(story, "B", "A", false);
    await assertBlind(story, "A", "B", false);
    // They differ at first: now each may read what the other states, and nothing else.
    await ok(b.fill(`/h5/accidents/${id}/statement`, statementOf(CANARIES.B, "QS-01", "none")));
    await assertBlind(story, "B", "A", true);
    await assertBlind(story, "A", "B", true);
    await ok(b.fill(`/h5/accidents/${id}/statement`, statementOf(CANARIES.B, "none", "QS-01")));
    assert.notDeepEqual(
      hits((await a.open(`/h5/accidents/${id}/sign`)).html, secretsOf("B")),
      [],
      "now it can be read",
    );
  });

  it("sign, and their insurers hold the claims", async () => {
    const { id, a, b } = story;
    app.simulator.insurers.setMode("CPIC", { kind: "status", status: 503 });
    for (const phone of [a, b]) {
      const page = await phone.open(`/h5/accidents/${id}/sign`);
      const fields = {
        contentDigest: hidden(page.html, "contentDigest"),
        signature: SIGNATURE,
        electronic: "yes",
        forwarding: "yes",
      };
      await ok(phone.fill(`/h5/accidents/${id}/sign`, fields));
    }
    await app.settle();
    const { claims } = await app.ctx.accidents.get(id);
    assert.equal(claims.length, 2);
    const mine = claims.find(({ party }) => party === "A")!;
    const news = { surveyor: { name: SHARED.surveyor, phone: SHARED.surveyorPhone }, reason: { text: SHARED.reason } };
    const report = { status: "survey_scheduled", insurerClaimNo: SHARED.claimNo, ...news };
    assert.equal((await app.simulator.insurers.sendStatus(mine.insurerCode, mine.ref, report)).status, 200);
    await app.settle();
    // A notice without an open window waits, and comes with the next answer.
    await app.simulator.platform.sendText(CANARIES.A.openid!, "进度");
    // The platform closes the driver's window and accepts no template: the notice waits, sealed.
    await app.simulator.platform.unfollow(CANARIES.A.openid!);
    assert.equal(
      (await app.simulator.insurers.sendStatus(mine.insurerCode, mine.ref, { ...report, status: "need_more" })).status,
      200,
    );
    await app.settle();
    const said = app.simulator.platform.inbox(CANARIES.A.openid!);
    assert.match(JSON.stringify(said), /已安排查勘/, "the driver was told");
    assert.ok(app.simulator.insurers.inbox("PICC")[0]?.body.includes(CANARIES.A.name!), "his insurer was told");
  });

  it("differ, as two others do: an officer decides, both answer the letter, the claims go, the case is audited", async () => {
    const phones = { A: new Phone(app, DISPUTING.A.openid), B: new Phone(app, DISPUTING.B.openid) };
    const id = await meet(phones);
    await ok(phones.A.fill(`/h5/accidents/${id}/statement`, statementOf(DISPUTING.A, "none", "QS-02")));
    await ok(phones.B.fill(`/h5/accidents/${id}/statement`, statementOf(DISPUTING.B, "none", "QS-01")));
    await decideDispute(app, { id, phones, names: DISPUTING });
    await app.settle();
    disputedId = id;
    const claim = app.simulator.insurers.inbox("PAIC")[0]?.body ?? "";
    assert.ok(claim.includes("police_determined") && claim.includes(DISPUTING.A.name!));
  });

  it("are in no log, no metric, no address and no page of an error", async () => {
    const { id, a } = story;
    const base = `/h5/accidents/${id}`;
    const nobody = new Phone(app, "o_somebody_else_entirely");
    await nobody.open("/h5/start");
    const pages = [
      await a.get(`${base}/nowhere`),
      await a.post(`${base}/details`, {}),
      await a.post(`${base}/sign`, { signature: "x".repeat(700_000) }),
      await a.post(`${base}/way-out`, detailsOf(CANARIES.A, "PICC"), { origin: "https://evil.example" }),
      await a.upload(`${base}/photos`, "", [["scene", Buffer.from(CANARIES.A.name!)]]),
      await nobody.get(base),
      await nobody.get(`${base}/agreement.pdf`),
      await nobody.post(`${base}/details`, detailsOf(CANARIES.B, "CPIC")),
      await nobody.get(`/h5/accidents/${disputedId}/letter.pdf`),
      await nobody.post("/api/insurers/PICC/claims/none/status", CANARIES.A),
    ];
    for (const { html, status } of pages) assert.deepEqual(hits(html, ALL), [], `an answer of ${status}`);
    const elsewhere = await signedInOfficer(app, { number: "ELSEWHERE", role: "officer", district: "310115" });
    const file = `/police/cases/${disputedId}`;
    for (const path of [file, `${file}/determine`, `${file}/letters/1`, `${file}/print.pdf`, "/police/audit"]) {
      const answer = await elsewhere.get(path);
      assert.deepEqual([answer.status, hits(await answer.text(), ALL)], [404, []], path);
    }
    await app.settle();
    for (const url of [`http://127.0.0.1:${metricsPort}/metrics`, `${app.url}/readyz`, `${app.url}/healthz`]) {
      const answer = await fetch(url);
      assert.deepEqual([answer.status, hits(await answer.text(), ALL)], [200, []], url);
    }
    assert.match(app.logged(), /"level":"debug"|"level":"info"/);
    assert.deepEqual(hits(app.logged(), ALL), [], "the log");
    const inClaims = app.simulator.insurers.inbox().flatMap(({ body }) => body.match(/https?:\/\/[^"]+/g) ?? []);
    const all = [...addresses.list(), ...inClaims].map(withoutPlatforms);
    for (const part of ["/wechat?", "/simulator/insurers/PAIC", "/police/search?s=", "/api/evidence/", "/metrics"])
      assert.ok(
        all.some((address) => address.includes(part)),
        part,
      );
    assert.deepEqual(
      all.filter((address) => hits(address, ALL).length > 0),
      [],
      "addresses",
    );
  });

  it("are nowhere in the database in the clear: not in a document, not in a file", async () => {
    const connection = await mongoose.createConnection(app.databaseUri).asPromise();
    const seen: Record<string, number> = {};
    for (const name of await collectionNames(connection.db!)) {
      for await (const document of connection.collection(name).find({}, { raw: true })) {
        const bytes = document as unknown as Buffer;
        assert.deepEqual(hits(bytes.toString("latin1"), ALL.map(asBytes)), [], `${name}`);
        assert.deepEqual(hits(bytes.toString("utf8"), ALL), [], `${name}`);
        seen[name] = (seen[name] ?? 0) + 1;
      }
    }
    await connection.close();
    for (const name of ["accidents", "blobs.chunks", "blobs.files", "deliveries", "people", "inbox", "notices"])
      assert.ok((seen[name] ?? 0) > 0, `${name} was looked at`);
    const dir = databaseDir();
    if (!dir) return;
    let readable = false;
    for (const file of await readdir(dir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = (await readFile(join(file.parentPath, file.name))).toString("latin1");
      assert.deepEqual(hits(bytes, ALL.map(asBytes)), [], file.name);
      readable ||= bytes.includes(story.id);
    }
    assert.ok(readable, "what is in the clear is found");
  });

  it("are gone with the key of their accident, and the record still holds", async () => {
    const { id } = story;
    const before = await app.ctx.accidents.get(id);
    const photo = String(storedPhotos(before)[0]?.sha256);
    const connection = await mongoose.createConnection(app.databaseUri).asPromise();
    const accidents = connection.collection<{ _id: string; events: ChainedEvent[] }>("accidents");
    await accidents.updateOne({ _id: id }, { $set: { wrappedKey: randomBytes(60) } });
    await assert.rejects(app.ctx.accidents.get(id));
    await assert.rejects(app.ctx.blobs.read({ id, key: newAccidentKey() }, photo));
    const waiting = (await app.ctx.deliveries.listUndelivered(100)).filter(({ accidentId }) => accidentId === id);
    assert.ok(waiting.length > 0, "a claim still waits for its insurer");
    for (const { _id, sealed } of waiting) await assert.rejects(app.ctx.accidents.openBody(id, _id, sealed));
    const kept = await accidents.findOne({ _id: id });
    assert.equal(kept?.events.length, before.events.length);
    assert.equal(firstBrokenEvent(id, kept?.events ?? []), null);
    const flipped = kept!.events.map((event, at) =>
      at === 3 ? { ...event, data: { ...event.data, slot: "extra" } } : event,
    );
    assert.equal(firstBrokenEvent(id, flipped), 4);
    await connection.close();
  });
});

const asBytes = (text: string): string => Buffer.from(text).toString("latin1");

/** Every page and file of the case, the strip and the chat, as one of the two gets them. */
async function assertBlind({ id, a, b }: Story, reader: Letter, of: Letter, stated: boolean): Promise<void> {
  const phone = reader === "A" ? a : b;
  const base = `/h5/accidents/${id}`;
  const paths = [
    ...PARTY_PAGES.map(({ path }) => (path ? `${base}/${path}` : base)),
    ...Object.keys(STEP_PAGES).map((step) => `${base}/${step}`),
    ...PARTY_FILES.map(({ path }) => `${base}/${path.replace(":page", "1")}`),
    ...["hurt", "left", "unfit", "unfit&fact=no-licence", "disagree", "withdraw"].map(
      (choice) => `${base}/way-out?choice=${choice}`,
    ),
    "/h5/start",
    "/h5/privacy",
  ];
  const secrets = secretsOf(of, { stated });
  for (const path of paths) assert.deepEqual(hits((await phone.open(path)).html, secrets), [], `${reader} at ${path}`);
  await app.settle();
  const chat = JSON.stringify(app.simulator.platform.inbox(CANARIES[reader].openid!));
  assert.deepEqual(hits(chat, secrets), [], `${reader}'s chat`);
}

/** The two others come so far that each may say what happened. */
async function meet({ A, B }: Record<Letter, Phone>): Promise<string> {
  const opening = { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" };
  for (const { openid } of [DISPUTING.A, DISPUTING.B]) await app.simulator.platform.follow(openid!);
  const id = (await A.fill("/h5/start", opening)).location.split("/")[3] ?? "";
  const base = `/h5/accidents/${id}`;
  await photographs({ a: A, id });
  await ok(A.fill(`${base}/move`, {}));
  await ok(A.fill(`${base}/place`, { address: SHARED.disputedAddress, when: "0", weather: "rain" }));
  await ok(A.fill(`${base}/details`, detailsOf(DISPUTING.A, "PAIC")));
  const { invitation } = await app.ctx.accidents.get(id);
  await ok(B.fill(`/h5/join/${invitation?.code}`, opening));
  await ok(B.fill(`${base}/details`, detailsOf(DISPUTING.B, "PICC")));
  return id;
}

async function photographs({ a, id }: Pick<Story, "a" | "id">): Promise<void> {
  const path = `/h5/accidents/${id}/photos`;
  const token = hidden((await a.open(path)).html, "_csrf");
  await ok(
    a.upload(
      path,
      token,
      PHOTO_SLOTS.map((slot) => [slot, SLOT_PHOTOS[slot]]),
    ),
  );
}

async function ok(sent: Promise<Answer>): Promise<void> {
  const { status, html } = await sent;
  assert.equal(
    status,
    303,
    html
      .replaceAll(/<[^>]+>/g, " ")
      .replaceAll(/\s+/g, " ")
      .slice(0, 500),
  );
}

function detailsOf(canary: Canary, insurerCode: string): Record<string, string> {
  const { name, idNumber, phone, plate, policyNumber, insurerName } = canary;
  const car = { province: "沪", serial: plate!, plateSure: "yes", vehicleKind: "02" };
  const insurer = { insurerCode, insurerName: insurerName ?? "" };
  return {
    name: name!,
    idKind: "licence",
    idNumber: idNumber!,
    phone: phone!,
    ...car,
    ...insurer,
    policyNumber: policyNumber!,
  };
}

const statementOf = (canary: Canary, ownAct: string, otherAct: string): Record<string, string> => ({
  ownAct,
  otherAct,
  impact: "front",
  note: canary["note"]!,
});
