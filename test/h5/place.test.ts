import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { type Letter, WEATHERS } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { minutesBefore } from "../../src/domain/occurrence.ts";
import { inputTime } from "../../src/h5/times.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { joinByCode } from "../support/join-by-code.ts";
import { appliedPair } from "./disputes.ts";
import { type Driver, driverOf, errorAt, fieldValue, isChecked, readyPair } from "./settle-driver.ts";

const PLACE = { address: "延安东路近西藏中路", when: "0", weather: "rain" };
const DAY_MS = 24 * 3600_000;
const SQUARE = { lat: 31.2304, lng: 121.4737, crs: "WGS-84" as const, accuracyM: 9, label: null };
const north = (metres: number) => ({ ...SQUARE, lat: SQUARE.lat + metres / 111_195 });

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

/** Both have joined and the cars still stand where they collided. */
async function standing(): Promise<Record<Letter, Driver> & { id: string }> {
  const { ctx } = app;
  const people = [await ctx.people.see(`o-${ctx.randomId()}`), await ctx.people.see(`o-${ctx.randomId()}`)] as const;
  const consent = { textVersion: NOTICE_VERSION, answer: { vehicles: "two" as const, conditions: [] } };
  const { id } = await openAccident(ctx, { person: people[0], ...consent });
  const { invitation } = await makeInvitation(ctx, { accidentId: id, letter: "A" });
  await joinByCode(ctx, { person: people[1], code: invitation?.code ?? "", ...consent });
  return { id, A: driverOf(app, id, people[0]), B: driverOf(app, id, people[1]) };
}

const sceneOf = async (id: string) => (await app.ctx.accidents.get(id)).scene;
const eventsOf = async (id: string, type: string) =>
  (await app.ctx.accidents.get(id)).events.filter((event) => event.type === type);

describe("the time of the accident", () => {
  it("is what a driver says, shown with its clock time before it is chosen, and never the opening's by itself", async () => {
    const { id, A } = await readyPair(app);
    const { openedAt } = await app.ctx.accidents.get(id);
    const page = await A.get("place");
    for (const [when, minutes] of [
      ["0", 0],
      ["20", 20],
    ] as const) {
      const clock = inputTime(minutesBefore(openedAt, minutes)).slice(11);
      assert.match(page.html, new RegExp(`value="${when}"[\\s\\S]{0,400}?${clock}`));
      await A.post("place", { ...PLACE, when });
      assert.deepEqual((await sceneOf(id)).occurredAt, minutesBefore(openedAt, minutes));
    }
    const at = inputTime(new Date(openedAt.getTime() - 5 * 3600_000));
    await A.post("place", { ...PLACE, when: "other", at });
    assert.equal(inputTime((await sceneOf(id)).occurredAt as Date), at);
    const again = await A.get("place");
    assert.ok(isChecked(again.html, "when", "other"));
    assert.equal(fieldValue(again.html, "at"), at);
  });

  it("that cannot be the accident's is refused at the field with a sentence, and changes nothing", async () => {
    const { id, A } = await readyPair(app);
    const { version, openedAt } = await app.ctx.accidents.get(id);
    const times: [string, RegExp][] = [
      [inputTime(new Date(openedAt.getTime() + DAY_MS)), /不能晚于现在/],
      [inputTime(new Date(openedAt.getTime() - 31 * DAY_MS)), /24 小时内/],
      ["2026-02-30T10:00", /请填写日期和时间/],
      ["tomorrow", /请填写日期和时间/],
      ["", /请填写日期和时间/],
    ];
    for (const [at, sentence] of times) {
      const refused = await A.post("place", { ...PLACE, when: "other", at });
      assert.equal(refused.status, 422, at);
      assert.match(errorAt(refused.html, "when"), sentence, at);
      assert.equal(fieldValue(refused.html, "at"), at, "what was typed stays");
    }
    const unsaid = await A.post("place", { address: PLACE.address, weather: "rain" });
    assert.match(errorAt(unsaid.html, "when"), /请选择事故时间/);
    assert.equal((await app.ctx.accidents.get(id)).version, version);
  });
});

describe("the weather", () => {
  it("has fog and a word of the driver's own, which must be given", async () => {
    const { id, A } = await readyPair(app);
    for (const weather of WEATHERS.filter((one) => one !== "other")) await A.post("place", { ...PLACE, weather });
    assert.deepEqual([(await sceneOf(id)).weather, (await sceneOf(id)).weatherWord], ["fog", null]);
    const refused = await A.post("place", { ...PLACE, weather: "other", weatherWord: " " });
    assert.match(errorAt(refused.html, "weather"), /请填写是什么天气/);
    await A.post("place", { ...PLACE, weather: "other", weatherWord: "冰雹" });
    assert.equal((await sceneOf(id)).weatherWord, "冰雹");
    assert.match((await A.get("sign")).html, /data-field="weatherWord">冰雹/);
  });
});

describe("the district of a case", () => {
  const HUANGPU = "310101";
  const PUDONG = "310115";
  const LUJIAZUI = { ...SQUARE, lat: 31.2397, lng: 121.4998 };
  const districtOf = async (id: string) => (await app.ctx.accidents.get(id)).district;

  it("follows from the positions, is not asked for then, and is in the record", async () => {
    const { id, A } = await standing();
    await A.post("position", { lat: String(SQUARE.lat), lng: String(SQUARE.lng), accuracy: "9" });
    assert.equal(await districtOf(id), HUANGPU);
    await A.post("position", { lat: String(LUJIAZUI.lat), lng: String(LUJIAZUI.lng), accuracy: "9" });
    assert.equal(await districtOf(id), PUDONG);
    assert.deepEqual(
      (await eventsOf(id, "position-taken")).map(({ data }) => data["district"]),
      [HUANGPU, PUDONG],
    );
    const { A: there } = await readyPair(app, { positions: { A: SQUARE } });
    assert.doesNotMatch((await there.get("place")).html, /name="district"/);
  });

  it("is asked for where no phone says it, need not be known, and is chosen from the city's", async () => {
    const { id, A } = await readyPair(app);
    assert.match((await A.get("place")).html, /<select[^>]+name="district"[\s\S]+?浦东新区/);
    assert.equal(await districtOf(id), null);
    const refused = await A.post("place", { ...PLACE, district: "110101" });
    assert.equal(refused.status, 422);
    assert.match(errorAt(refused.html, "district"), /请从列表中选择/);
    await A.post("place", { ...PLACE, district: PUDONG });
    assert.equal(await districtOf(id), PUDONG);
    assert.equal((await eventsOf(id, "place-recorded")).at(-1)?.data["district"], PUDONG);
    assert.match((await A.get("place")).html, /value="310115" selected/);
  });

  it("that alone is corrected takes no signature away", async () => {
    const { id, A, B } = await readyPair(app);
    await A.post("place", PLACE);
    const contentDigest = fieldValue((await A.get("sign")).html, "contentDigest");
    await A.post("sign", { contentDigest, signature: SIGNATURE, electronic: "yes" });
    await B.post("place", { ...PLACE, district: HUANGPU });
    const { district, parties } = await app.ctx.accidents.get(id);
    assert.deepEqual([district, parties.A.signature !== null], [HUANGPU, true]);
  });

  it("stays with the police who have the case, whatever the drivers correct", async () => {
    const { id, A, B } = await appliedPair(app, { positions: { A: SQUARE } });
    await A.post("position", { drop: "yes" });
    assert.equal((await eventsOf(id, "position-dropped")).length, 1);
    assert.equal(await districtOf(id), HUANGPU);
    assert.doesNotMatch((await B.get("place")).html, /name="district"/);
    await B.post("place", { ...PLACE, address: "世纪大道", district: PUDONG });
    const { scene, district } = await app.ctx.accidents.get(id);
    assert.deepEqual([scene.address, district], ["世纪大道", HUANGPU]);
    await A.post("decision", { act: "withdraw-application" });
    await B.post("place", { ...PLACE, district: PUDONG });
    assert.equal(await districtOf(id), PUDONG);
  });

  it("goes with the position from which it came", async () => {
    const { id, A } = await readyPair(app, { positions: { A: SQUARE } });
    assert.equal(await districtOf(id), HUANGPU);
    await A.post("position", { drop: "yes" });
    assert.equal(await districtOf(id), null);
  });
});

describe("a correction of place, time and weather", () => {
  it("is either driver's until that driver has signed; it is recorded, and a signature of the other goes", async () => {
    const { id, A, B } = await readyPair(app);
    assert.match((await B.get("sign")).html, new RegExp(`href="/h5/accidents/${id}/place"`));
    const { html } = await A.get("sign");
    const digest = fieldValue(html, "contentDigest");
    await A.post("sign", { contentDigest: digest, signature: SIGNATURE, electronic: "yes" });
    assert.equal((await A.get("place")).location, "wait-signature", "who has signed corrects nothing");
    assert.equal((await B.get("place")).status, 200);
    const before = (await eventsOf(id, "place-recorded")).length;
    assert.equal((await B.post("place", { ...PLACE, address: "延安东路近河南中路" })).location, "sign");
    const events = await eventsOf(id, "place-recorded");
    assert.deepEqual([events.length - before, events.at(-1)?.by], [1, "B"]);
    const accident = await app.ctx.accidents.get(id);
    assert.equal(accident.parties.A.signature, null);
    assert.equal(accident.scene.address, "延安东路近河南中路");
    assert.equal((await A.get("")).status, 200);
    assert.match((await A.get("")).html, /延安东路近河南中路/, "the case page has it");
  });
});

describe("a phone's position", () => {
  const post = (driver: Driver, { lat, lng }: { lat: number; lng: number }) =>
    driver.post("position", { lat: String(lat), lng: String(lng), accuracy: "9" });

  it("is kept for each driver, taken anew while the cars stand, and nobody replaces the other's", async () => {
    const { id, A, B } = await standing();
    await post(A, SQUARE);
    await post(B, north(40));
    await post(B, north(60));
    const { positions } = await sceneOf(id);
    assert.equal(positions.A?.lat, SQUARE.lat);
    assert.ok(Math.abs((positions.B?.lat ?? 0) - north(60).lat) < 1e-6);
    assert.deepEqual(
      (await eventsOf(id, "position-taken")).map(({ by }) => by),
      ["A", "B", "B"],
    );
    await app.ctx.accidents.change(id, (accident) => ({
      accident: { ...accident, movedAt: app.ctx.clock.now() },
      events: [{ type: "vehicles-moved", by: "A", data: {} }],
    }));
    await post(A, north(500));
    assert.equal((await sceneOf(id)).positions.A?.lat, SQUARE.lat, "the cars have moved");
  });

  it("in the sea or outside the city is refused with a sentence, and changes nothing", async () => {
    const { id, A } = await standing();
    const { version } = await app.ctx.accidents.get(id);
    for (const [lat, lng] of [
      [0.0001, 0.0002],
      [31.0, 122.6],
      [30.25, 120.17],
      [39.9, 116.4],
    ] as const)
      assert.match((await post(A, { lat, lng })).html, /在海上或本服务的城市以外/, `${lat}, ${lng}`);
    for (const [lat, lng] of [
      [31.2304, 121.4737],
      [31.63, 121.4],
      [30.9, 121.93],
      [31.0, 120.9],
    ] as const)
      assert.equal((await post(A, { lat, lng })).status, 303, `${lat}, ${lng} is in the city`);
    assert.equal((await app.ctx.accidents.get(id)).version, version + 4);
  });

  it("two kilometres from the other's is shown to both and recorded", async () => {
    const { id, A, B } = await readyPair(app, { positions: { A: SQUARE, B: north(2_000) } });
    const [event] = await eventsOf(id, "positions-apart");
    assert.ok(Math.abs(Number(event?.data["metres"]) - 2_000) < 5);
    for (const driver of [A, B])
      for (const page of ["place", "sign"])
        assert.match((await driver.get(page)).html, /相距约 2\.0 公里，请双方核对事故地点/, page);
    assert.match((await B.get("")).html, /双方手机定位相距较远/);
    const signPage = (await A.get("sign")).html;
    assert.match(signPage, /data-field="position">甲方手机定位 北纬 31\.23040°/);
    assert.match(signPage, /data-field="positionOfB">乙方手机定位/);
  });

  it("that is wrong is left out by the driver whose phone it was, after the cars have moved", async () => {
    const { id, A, B } = await readyPair(app, { positions: { A: SQUARE } });
    await B.post("position", { drop: "yes" });
    assert.ok((await sceneOf(id)).positions.A, "not by the other");
    assert.equal((await A.post("position", { drop: "yes" })).location, "place");
    assert.equal((await sceneOf(id)).positions.A, null);
    assert.equal((await eventsOf(id, "position-dropped")).length, 1);
  });
});
