import assert from "node:assert/strict";
import type { AddressInfo, Server } from "node:net";
import { after, before, it } from "node:test";
import type { Engine } from "../../src/embedded/commands/context.ts";
import { answerWith, openEngine } from "../../src/embedded/engine.ts";
import { listen } from "../../src/embedded/wire/server.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { ENOSPC, failingDisk, MB, type Says } from "../support/failing-disk.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { alertText, hidden, Phone } from "./phone.ts";
import { piecesOf, sha256Of, UploadPhone } from "./upload-phone.ts";

let engine: Engine;
let server: Server;
let app: TestApp;
let says: Says;

/** The whole system over an embedded database whose disk is told what to say. */
before(async () => {
  const dir = temporaryFolder("full");
  const failing = failingDisk(dir);
  says = failing.says;
  engine = openEngine(dir, Date.now, failing.disk);
  const seen = (error: unknown) => assert.fail(String(error));
  server = await listen(answerWith(engine, seen), { port: 0, host: "127.0.0.1" }, seen);
  const { port } = server.address() as AddressInfo;
  app = await startApp({ databaseUri: `mongodb://127.0.0.1:${port}/full` });
});
after(async () => {
  await app.stop();
  server.close();
  await engine.store.close();
});

const SENTENCE = /We cannot save new photos or entries|暂时无法保存新的照片和内容/;
const OPENING = { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" };
const said = (event: string) =>
  app
    .logged()
    .split("\n")
    .filter((line) => line.includes(`"msg":"${event}"`));
const readyz = async () => {
  const answer = await fetch(`${app.url}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Record<string, { fullSince: string | null }> };
};
const scene = SLOT_PHOTOS.scene;

it("a disk that is full at once, twice: forms and pictures get 503 with a sentence, and go through when there is room", async () => {
  for (const round of [1, 2]) {
    const phone = await UploadPhone.open(app, `oFullBefore${round}`);
    const starter = new Phone(app, `oFullStart${round}`);
    const page = await starter.open("/h5/start");
    const fields = { _csrf: hidden(page.html, "_csrf"), ...OPENING };

    says.code = ENOSPC;
    const form = await starter.post("/h5/start", fields);
    assert.deepEqual([form.status, form.headers.get("retry-after")], [503, "60"], form.html);
    assert.match(alertText(form.html), SENTENCE);
    assert.match(form.html, /name="vehicles" value="two"[^>]*checked/);
    const whole = await phone.ask(`?slot=scene&bytes=${scene.length}`, { bytes: scene });
    assert.deepEqual([whole.status, whole.body.error?.code], [503, "storage-full"]);
    assert.match(whole.body.error?.message ?? "", SENTENCE);
    const piece = await phone.ask(`/${sha256Of(scene)}/0`, { method: "PUT", bytes: piecesOf(scene)[0] });
    assert.deepEqual([piece.status, piece.body.error?.code], [503, "storage-full"]);
    const { status, body } = await readyz();
    assert.equal(status, 200);
    assert.ok(body["storage"]?.fullSince);

    says.code = null;
    assert.equal((await starter.post("/h5/start", fields)).status, 303);
    const taken = await phone.ask(`?slot=scene&bytes=${scene.length}`, { bytes: scene });
    assert.equal(taken.status, 200, JSON.stringify(taken.body));
    const kept = await app.ctx.accidents.get(phone.caseId);
    assert.deepEqual(
      kept.photos.map(({ slot, state }) => [slot, state]),
      [["scene", "stored"]],
    );
    assert.ok((await app.ctx.blobs.read(kept, sha256Of(scene))).equals(scene));
  }
  assert.equal(said("storage.full").length, 1, "the operator is told once, not at each request");
});

it("a disk with little left refuses pictures however often they come, never with 429, and takes the words of a case", async () => {
  const phone = await UploadPhone.open(app, "oSlow");
  says.free = 10 * MB;
  for (let time = 0; time < 40; time++) {
    const { status, body } = await phone.ask(`?slot=scene&bytes=${scene.length}`, { bytes: scene });
    assert.deepEqual([status, body.error?.code], [503, "storage-full"], `time ${time}`);
  }
  const other = new Phone(app, "oSlowWords");
  assert.equal((await other.fill("/h5/start", OPENING)).status, 303);
  says.free = Number.POSITIVE_INFINITY;
  assert.equal((await phone.ask(`?slot=scene&bytes=${scene.length}`, { bytes: scene })).status, 200);
});

it("a picture in pieces for which there is no room is not counted among those that were begun", async () => {
  const phone = await UploadPhone.open(app, "oPieces");
  const first = { method: "PUT", bytes: piecesOf(scene)[0] };
  says.free = 10 * MB;
  for (let time = 0; time < 70; time++) assert.equal((await phone.ask(`/${sha256Of(scene)}/0`, first)).status, 503);
  says.free = Number.POSITIVE_INFINITY;
  assert.equal((await phone.ask(`/${sha256Of(scene)}/0`, first)).status, 200);
});
