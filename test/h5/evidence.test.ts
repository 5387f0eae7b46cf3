import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import { announcePhoto } from "../../src/actions/announce-photo.ts";
import type { Accident, Party } from "../../src/domain/accident.ts";
import type { PhotoSlot, PlateReading, StoredPhoto } from "../../src/domain/photo.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DETAILS } from "../support/drivers.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { storedPhotos } from "../support/stored-photos.ts";
import { alerts, heading, hidden, Phone } from "./phone.ts";

let app: TestApp;
let count = 0;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

interface Case {
  a: Phone;
  id: string;
  base: string;
  token: string;
}

async function opened(): Promise<Case> {
  const a = new Phone(app, `oEvidence${String(++count).padStart(19, "0")}`);
  const started = await a.fill("/h5/start", { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" });
  const base = started.location.replace(/\/photos$/, "");
  const token = hidden((await a.get(`${base}/photos`)).html, "_csrf");
  return { a, base, token, id: String(base.split("/").at(-1)) };
}

/** With all five photographs, off the road and with a known place: the driver's own data come next. */
async function atDetails(reading: PlateReading): Promise<Case> {
  const case_ = await opened();
  await case_.a.upload(`${case_.base}/photos`, case_.token, Object.entries(SLOT_PHOTOS));
  await change(case_.id, (accident) => ({
    ...withPhoto(accident, "own-plate", { plates: reading }),
    movedAt: app.clock.now(),
    scene: { ...accident.scene, occurredAt: app.clock.now(), address: "人民大道", weather: "rain" },
  }));
  return case_;
}

const change = (id: string, to: (accident: Accident) => Accident) =>
  app.ctx.accidents.change(id, (accident) => ({ accident: to(accident), events: [] }));
const withPhoto = (accident: Accident, slot: PhotoSlot, known: Partial<StoredPhoto>): Accident => ({
  ...accident,
  photos: storedPhotos(accident).map((photo) => (photo.slot === slot ? { ...photo, ...known } : photo)),
});
const readingOf = (plate: string, sure: boolean, runnersUp: string[] = []): PlateReading => ({
  best: { plate, sure, gap: sure ? 800 : 20, box: { x: 200, y: 400, width: 400, height: 130 }, runnersUp },
  others: [],
});
const plain = (html: string) => html.replaceAll(/<[^>]+>/g, "").replaceAll(/\s+/g, " ");
const value = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];
const dark = (shade: number) =>
  sharp({ create: { width: 1200, height: 900, channels: 3, background: { r: shade, g: shade, b: shade } } })
    .jpeg()
    .toBuffer();

describe("a picture that shows nothing", () => {
  it("is sent back twice at its place with what to do, and taken the third time, which is said kindly", async () => {
    const { a, base, token, id } = await opened();
    for (const shade of [1, 2]) {
      const refused = await a.upload(`${base}/photos`, token, [["own-damage", await dark(shade)]]);
      assert.equal(refused.status, 422);
      assert.deepEqual(alerts(refused.html), [{ field: "own-damage", text: "光线太暗。请打开闪光灯后重拍。" }]);
      assert.match(plain(refused.html), /两次未通过也没关系，第三次直接收下，不耽误您/);
    }
    assert.equal((await a.upload(`${base}/photos`, token, [["own-damage", await dark(3)]])).status, 303);
    const page = plain((await a.get(`${base}/photos`)).html);
    assert.match(page, /还差 4 张/);
    assert.match(page, /已直接收下，不耽误您。 光线太暗/);
    assert.equal(storedPhotos(await app.ctx.accidents.get(id))[0]?.findings[0]?.code, "dark");
  });

  it("is promised to be taken the third time only where it is sent back for what it shows", async () => {
    const { a, base, token } = await opened();
    const none = await a.upload(`${base}/photos`, token, [["scene", Buffer.from("no picture")]]);
    assert.match(plain(none.html), /这不是 JPEG、HEIC、AVIF、PNG 或 WebP 照片/);
    assert.doesNotMatch(plain(none.html), /第三次直接收下/);
  });

  it("has a sentence for everything that can be found, in both languages", async () => {
    const { FINDING_CODES } = await import("../../src/domain/photo.ts");
    for (const language of ["zh", "en"] as const) {
      const t = app.ctx.render.words(language);
      for (const code of FINDING_CODES) assert.match(t(`evidence.finding.${code}`), /[。.]$/, code);
    }
  });
});

describe("pictures of the chat that are on their way", () => {
  it("are not called stored, and nobody is told to move the cars before they are", async () => {
    const { a, base, id } = await opened();
    for (const bytes of Object.values(SLOT_PHOTOS)) {
      const { id: mediaId } = app.simulator.platform.putMedia(bytes, "image/jpeg");
      await announcePhoto(app.ctx, { accidentId: id, letter: "A", mediaId });
    }
    const before = plain((await a.get(`${base}/photos`)).html);
    assert.match(before, /已保存 0\/5.*接收中/);
    assert.doesNotMatch(before, /请立即挪车/);
    await app.settle();
    assert.match(plain((await a.get(`${base}/photos`)).html), /已保存 5\/5.*返回挪车提示/);
  });

  it("say on the page, too, why one was not taken; among further ones it is no doubt about what is stored", async () => {
    const { a, base, token, id } = await opened();
    const send = async (bytes: Buffer) => {
      const { id: mediaId } = app.simulator.platform.putMedia(bytes, "image/jpeg");
      await announcePhoto(app.ctx, { accidentId: id, letter: "A", mediaId });
      await app.settle();
    };
    await send(await dark(7));
    assert.match(plain((await a.get(`${base}/photos`)).html), /两车全景.*光线太暗。请打开闪光灯.*第三次直接收下/);
    await a.upload(`${base}/photos`, token, Object.entries(SLOT_PHOTOS));
    await change(id, (accident) => ({
      ...accident,
      photos: accident.photos.map((photo) => ({ ...photo, findings: [] })),
    }));
    await send(await dark(8));
    const { photos } = await app.ctx.accidents.get(id);
    assert.deepEqual([photos.at(-1)?.slot, photos.at(-1)?.state], ["extra", "refused"]);
    assert.doesNotMatch(plain((await a.get(`${base}/move`)).html), /照片均已收下/);
  });
});

describe("a doubtful picture", () => {
  it("holds nobody: its sentence stands at its place, and once more before the cars move", async () => {
    const { a, base, token, id } = await opened();
    await a.upload(`${base}/photos`, token, Object.entries(SLOT_PHOTOS));
    await change(id, (accident) =>
      withPhoto(accident, "own-damage", { findings: [{ code: "blurred", level: "warns" }] }),
    );
    const { html } = await a.get(`${base}/move`);
    const [doubt, advice] = ["kc-doubted", "kc-go"].map((part) => html.indexOf(part)) as [number, number];
    assert.ok(doubt > 0 && doubt < advice, "while it can be taken again");
    const move = plain(html);
    assert.match(move, /请立即挪车.*照片均已收下.*我车受损处 照片模糊/);
    const photos = await a.get(`${base}/photos`);
    assert.equal(heading(photos.html), "5 张已拍齐");
    assert.match(plain(photos.html), /橙色标记的照片也已收下/);
  });

  it("whose plate it shows is asked on the page too, one tap answers", async () => {
    const { a, base, token, id } = await opened();
    await a.upload(`${base}/photos`, token, [["own-plate", SLOT_PHOTOS["own-plate"]]]);
    await change(id, (accident) => withPhoto(accident, "own-plate", { isAsked: true }));
    const page = await a.get(`${base}/photos`);
    assert.match(plain(page.html), /这是谁的车牌？ 我的 对方的/);
    const photo = String((await app.ctx.accidents.get(id)).photos[0]?.id);
    await a.post(`${base}/photos/swap`, { _csrf: token, photo, slot: "other-plate" });
    assert.deepEqual(
      storedPhotos(await app.ctx.accidents.get(id)).map(({ slot, isAsked }) => [slot, isAsked]),
      [["other-plate", false]],
    );
  });
});

describe("the plate of the photograph", () => {
  const { plate: _plate, vehicleKind: _kind, insurerName: _name, policyNumber: _policy, ...rest } = DETAILS.A;
  const fields = { ...rest, province: "沪", serial: "", vehicleKind: "auto", insurerName: "", policyNumber: "" };

  it("fills the form when the reading is sure, drawn as a plate beside it", async () => {
    const { a, base } = await atDetails(readingOf("浙A62K18", true));
    const { html } = await a.get(`${base}/details`);
    assert.equal(value(html, "serial"), "A62K18");
    assert.match(html, /<option value="浙" selected>/);
    assert.match(plain(html), /浙A·62K18 由照片识别，请核对/);
  });

  it("is offered when it is not: one tap, nothing typed; what is typed goes before it", async () => {
    const { a, base, id } = await atDetails(readingOf("沪AD12345", false, ["沪AD12845"]));
    const { html } = await a.get(`${base}/details`);
    assert.equal(value(html, "serial"), "");
    assert.deepEqual(
      [...html.matchAll(/name="plateChoice" value="([^"]+)"/g)].map(([, plate]) => plate),
      ["沪AD12345", "沪AD12845"],
    );
    const none = await a.fill(`${base}/details`, fields);
    assert.equal(none.status, 422);
    assert.match(alerts(none.html)[0]?.text ?? "", /请填写车牌号/);
    const chosen = await a.fill(`${base}/details`, { ...fields, plateChoice: "沪AD12845" });
    assert.equal(chosen.status, 303);
    const { details } = (await app.ctx.accidents.get(id)).parties.A;
    assert.deepEqual([details?.plate, details?.vehicleKind], ["沪AD12845", "52"]);
    await a.fill(`${base}/details`, { ...fields, serial: "B99999", plateChoice: "沪AD12845" });
    assert.equal((await app.ctx.accidents.get(id)).parties.A.details?.plate, "沪B99999");
    const wrong = await a.fill(`${base}/details`, { ...fields, plateChoice: "!" });
    assert.equal(wrong.status, 422);
  });

  it("another one than was typed is said to both with what to do, until one tap corrects it", async () => {
    const { a, base, id } = await atDetails(readingOf("沪A62K18", true));
    await a.fill(`${base}/details`, { ...fields, serial: "A62K19" });
    const statement = plain((await a.get(`${base}/statement`)).html);
    assert.match(statement, /您的车牌号与照片不一致 照片识别沪A·62K18 您填写的沪A·62K19 请核对实际车牌/);
    await change(id, (accident) => settled(accident));
    const sign = await a.get(`${base}/sign`);
    assert.match(plain(sign.html), /核对并签名.*您的车牌号与照片不一致.*修改我的车牌号/);
    const b = new Phone(app, B_OPENID);
    assert.match(
      plain((await b.open(`${base}/sign`)).html),
      /对方的车牌号与照片不一致 照片识别沪A·62K18 对方填写的沪A·62K19/,
    );
    assert.match((await a.get(`${base}/details`)).html, /name="plateChoice" value="沪A62K19" checked/);
    await a.fill(`${base}/details`, { ...fields, plateChoice: "沪A62K18" });
    assert.doesNotMatch(plain((await a.get(`${base}/sign`)).html), /与照片不一致/);
  });
});

const B_OPENID = "oEvidenceB000000000000000000";
/** Both have stated alike: A changed lanes. */
function settled(accident: Accident): Accident {
  const at = app.clock.now();
  const own = accident.parties.A;
  const B: Party = {
    ...own,
    identity: { kind: "wechat", personId: app.ctx.vault.personId(B_OPENID) },
    details: DETAILS.B,
    statement: { ownAct: "none", otherAct: "QS-02", impact: "rear", note: "", statedAt: at },
  };
  const statement = { ownAct: "QS-02", otherAct: "none", impact: "front", note: "", statedAt: at } as const;
  return { ...accident, parties: { A: { ...own, statement }, B } };
}

describe("one more photograph", () => {
  it("is quietly offered by what happened, may be passed by, and is taken at any step by either driver", async () => {
    const { a, base, id } = await atDetails(readingOf("沪A12345", true));
    await change(id, (accident) => {
      const both = settled(accident);
      return { ...both, parties: { ...both.parties, A: { ...both.parties.A, details: DETAILS.A } } };
    });
    assert.match(plain((await a.get(`${base}/sign`)).html), /建议补拍一张车道线选拍/);
    const page = await a.get(`${base}/extras`);
    assert.match(plain(page.html), /车道线.*建议拍/);
    const b = new Phone(app, B_OPENID);
    const token = hidden((await b.open(`${base}/extras`)).html, "_csrf");
    const taken = await b.upload(`${base}/extras`, token, [["lane-lines", SLOT_PHOTOS.scene]]);
    assert.equal(taken.location, `${base}/extras`);
    assert.match(plain((await a.get(`${base}/extras`)).html), /车道线.*已保存 1 张/);
    assert.doesNotMatch(plain((await a.get(`${base}/sign`)).html), /建议补拍一张/);
    const late = await b.upload(`${base}/extras`, token, [["scene", SLOT_PHOTOS.scene]]);
    assert.equal(late.location, `${base}/sign`);
    assert.equal((await app.ctx.accidents.get(id)).photos.length, 6);
  });
});
