import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import { papersOf } from "../../src/simulator/platform/papers.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { sheetOf } from "../support/painted-licences.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { type Driver, errorAt, fieldValue, openPair } from "./settle-driver.ts";

/** Two calls of the platform a day: the second half of this file comes after them. */
const CALLS = 2;

let dir: string;
let picture: Buffer;
before(async () => {
  dir = temporaryFolder("licence");
  picture = await sharp({ create: { width: 640, height: 400, channels: 3, background: "#ddd" } })
    .jpeg()
    .toBuffer();
});
after(closeDatabase);

interface Posted {
  fields?: Record<string, string>;
  file?: { field: string; bytes: Buffer };
  /** a script asks for JSON */
  script?: boolean;
}

interface Answer {
  status: number;
  location: string | null;
  retryAfter: string | null;
  html: string;
  json: {
    values: Record<string, string>;
    notes: Record<string, { text: string; isFilled: boolean }>;
    message: string;
    ranOut: boolean;
    error: { code: string; message: string };
  };
}

async function send(driver: Driver, { fields = {}, file, script = false }: Posted, cookie?: string): Promise<Answer> {
  const body = new FormData();
  const token = fieldValue((await driver.get("details")).html, "_csrf");
  for (const [name, value] of Object.entries({ _csrf: token, licenceConsent: "yes", ...fields })) body.set(name, value);
  if (file) body.set(file.field, new Blob([new Uint8Array(file.bytes)]), "IMG_0001.jpg");
  const answer = await fetch(driver.urlOf("details/licence"), {
    method: "POST",
    body,
    redirect: "manual",
    headers: { cookie: cookie ?? `kc=${driver.cookie.value}`, accept: script ? "application/json" : "text/html" },
  });
  const html = await answer.text();
  return {
    status: answer.status,
    location: answer.headers.get("location"),
    retryAfter: answer.headers.get("retry-after"),
    html,
    json: html.startsWith("{") ? JSON.parse(html) : {},
  };
}

const driving = (bytes: Buffer) => ({ field: "drivingLicence", bytes });
const words = (app: TestApp, key: string, params = {}) =>
  app.ctx.render.words("zh").find(`h5.licence.${key}`, params) ?? assert.fail(key);
const BLANK = { name: "", idKind: "licence", idNumber: "", province: "沪", serial: "", vehicleKind: "auto" };

describe("a licence that the platform reads", () => {
  let app: TestApp;
  const papers = papersOf(0);
  before(async () => {
    const file = join(dir, "platform.yaml");
    await writeFile(file, `wechat: { ocrPerDay: ${CALLS} }\n`);
    app = await startApp({ env: { CONFIG_FILE: file } });
    await app.simulator.platform.follow("oHolderOfPapers000000000000");
  });
  after(() => app.stop());

  it("fills the form of who has no script, keeps what he typed himself, and stores nothing", async () => {
    const { id, A } = await openPair(app);
    const { version } = await app.ctx.accidents.get(id);
    assert.ok((await A.get("details")).html.includes(words(app, "notKeptPlatform")));
    const fields = { ...BLANK, name: "王小二", phone: "13800138000" };
    const { status, html } = await send(A, { fields, file: driving(picture) });
    assert.equal(status, 200);
    assert.equal(fieldValue(html, "idNumber"), papers.idNumber);
    assert.equal(fieldValue(html, "name"), "王小二");
    assert.equal(fieldValue(html, "phone"), "13800138000");
    assert.ok(html.includes(words(app, "differs", { value: papers.name })));
    assert.ok(html.includes(words(app, "check")) && html.includes(words(app, "filled")));
    assert.match(html, new RegExp(`<form id="act" method="post" action="/h5/accidents/${id}/details"`));
    const after = await app.ctx.accidents.get(id);
    // nothing but the consent to reading the photograph
    assert.deepEqual([after.version, after.parties.A.details], [version + 1, null]);
    assert.deepEqual(after.events.at(-1)?.data.to, "licence");
    assert.doesNotMatch(app.logged(), new RegExp(`${papers.idNumber}|${papers.name}`));
  });

  it("looks at no picture without the tick for it, says so at the tick, and keeps what was typed", async () => {
    const { id, A } = await openPair(app);
    const { version } = await app.ctx.accidents.get(id);
    for (const licenceConsent of ["", "no"]) {
      const fields = { ...BLANK, name: "王小二", licenceConsent };
      const { status, html } = await send(A, { fields, file: driving(picture) });
      assert.equal(status, 422);
      const sentence = app.ctx.render.words("zh").find("h5.consent.error.licence");
      assert.ok(sentence && errorAt(html, "licenceConsent") === sentence);
      assert.equal(fieldValue(html, "name"), "王小二");
      const { json } = await send(A, { fields, file: driving(picture), script: true });
      assert.equal(json.error.code, "h5.consent.error.licence");
    }
    const after = await app.ctx.accidents.get(id);
    assert.equal(after.version, version);
    assert.ok(!after.events.some(({ data }) => data.to === "licence"));
  });

  it("fills in the car's plate for a script, to be checked; then the day's calls are used up and he writes by hand", async () => {
    const { A } = await openPair(app);
    const file = { field: "vehicleLicence", bytes: picture };
    const { json } = await send(A, { fields: BLANK, file, script: true });
    assert.deepEqual([json.values["province"], json.values["serial"]], [papers.plate[0], papers.plate.slice(1)]);
    assert.deepEqual(json.notes["serial"], { text: words(app, "doubt"), isFilled: true });
    assert.equal(json.message, words(app, "filled"));
    const late = await send(A, { fields: BLANK, file, script: true });
    assert.equal(late.status, 422);
    assert.equal(late.json.error.message, words(app, "unreadable"));
    const { html } = await send(A, { fields: { ...BLANK, name: "王小二" }, file });
    assert.equal(errorAt(html, "vehicleLicence"), words(app, "unreadable"));
    assert.equal(fieldValue(html, "name"), "王小二");
  });
});

describe("the address that licences are sent to", () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  it("takes a form by hand where nothing can read: no camera is shown, and who sends a picture is told", async () => {
    const { A } = await openPair(app);
    const page = await A.get("details");
    assert.doesNotMatch(page.html, /drivingLicence|vehicleLicence/);
    const { status, html } = await send(A, { fields: BLANK, file: driving(picture) });
    assert.equal(status, 422);
    assert.ok(html.includes(words(app, "unreadable")));
    const typed = { ...BLANK, name: "张伟", idNumber: "310101199003077413", phone: "13800138000", serial: "A12345" };
    const done = await A.post("details", {
      ...typed,
      insurerCode: "PICC",
      insurerName: "",
      policyNumber: "",
      drivingLicence: "",
    });
    assert.equal(done.location, "statement");
  });

  it("is closed to who is not signed in, to strangers, and when the agreement no longer waits for data", async () => {
    const [{ A }, other] = [await openPair(app), await openPair(app)];
    const stranger = `kc=${other.A.cookie.value}`;
    const post = { fields: BLANK, file: driving(picture) };
    assert.match((await send(A, post, "kc=none")).location ?? "", /^\/h5\/signin\?to=/);
    assert.equal((await send(A, { ...post, script: true }, "kc=none")).status, 401);
    assert.equal((await send(A, post, stranger)).status, 404);
    await app.ctx.accidents.change(other.id, (accident) => ({
      accident: { ...accident, ended: { code: "withdrawn", reasons: [], by: "A", at: app.clock.now() } },
      events: [{ type: "ended", by: "A", data: { code: "withdrawn" } }],
    }));
    const late = await fetch(other.A.urlOf("details/licence"), { redirect: "manual", headers: { cookie: stranger } });
    assert.match(late.headers.get("location") ?? "", /\/ended$/);
  });

  it("refuses what is no picture, too large, another field, a stale form and nothing at all, each by its name", async () => {
    const { A } = await openPair(app);
    const svg = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>");
    const refused = async (posted: Posted) => {
      const { status, json } = await send(A, { ...posted, script: true });
      return [status, json.error.code];
    };
    assert.deepEqual(await refused({ file: driving(svg) }), [415, "h5.licence.unreadable"]);
    assert.deepEqual(await refused({ file: driving(Buffer.alloc(13 * 1024 * 1024, 0xff)) }), [413, "photo-too-large"]);
    assert.deepEqual(await refused({ file: { field: "passport", bytes: picture } }), [422, "unknown-field"]);
    assert.deepEqual(await refused({ fields: BLANK }), [422, "h5.licence.missing"]);
    assert.deepEqual(await refused({ fields: { "name[$ne]": "" }, file: driving(picture) }), [422, "wrong-fields"]);
    assert.deepEqual(await refused({ fields: { _csrf: "forged" }, file: driving(picture) }), [403, "stale-form"]);
    assert.equal((await send(A, { file: driving(picture.subarray(0, 400)), script: true })).status, 422);
  });

  it("takes eight pictures of one person within four minutes", async () => {
    const { A } = await openPair(app);
    const codes: number[] = [];
    for (let tries = 0; tries < 9; tries++)
      codes.push((await send(A, { file: driving(picture), script: true })).status);
    assert.deepEqual(codes, [...Array(8).fill(422), 429]);
    app.clock.advance(260_000);
    assert.equal((await send(A, { file: driving(picture), script: true })).status, 422);
  });
});

describe("a licence that our own reader reads", () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({ env: { PHOTO_READER: "true" } });
  });
  after(() => app.stop());

  it("fills in name and number, warns where it has run out; and says so when too many are being read", async () => {
    const { A } = await openPair(app);
    const { plates } = app.ctx.photos;
    // few lines are soon read; whole cards are read in test/photos/licences
    const sheet = await sheetOf([
      "电子驾驶证",
      "姓名 张伟",
      "证号 310101199003077413",
      "有效期限 2018-03-04至2024-03-04",
    ]);
    const file = driving(sheet);
    const { status, json } = await send(A, { fields: BLANK, file, script: true });
    // where the optional packages are not installed, all is typed
    if (!(await plates.isAvailable())) return assert.equal(status, 422);
    assert.deepEqual([json.values["name"], json.values["idNumber"]], ["张伟", "310101199003077413"]);
    assert.deepEqual(json.notes["name"], { text: words(app, "check"), isFilled: true });
    assert.deepEqual([json.ranOut, json.message], [true, words(app, "ranOut")]);
    // what waits is held by its bytes: seven pictures of eleven megabytes are more than there is room for
    const waiting = Array.from({ length: 8 }, () => plates.readLicence(padded(picture), "driving-licence"));
    // they end with the server
    void Promise.allSettled(waiting);
    const busy = await send(A, { fields: BLANK, file: driving(padded(picture)), script: true });
    assert.deepEqual([busy.status, busy.json.error.message], [503, words(app, "busy")]);
    assert.ok(Number(busy.retryAfter) > 0);
  });
});

/** The same picture with comments of eleven megabytes in it. */
function padded(jpeg: Buffer): Buffer {
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0xff, 0xff]), Buffer.alloc(65_533, 0x20)]);
  return Buffer.concat([jpeg.subarray(0, 2), ...Array<Buffer>(170).fill(comment), jpeg.subarray(2)]);
}
