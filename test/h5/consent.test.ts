import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { withParty } from "../../src/domain/party.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { alerts, heading, Phone } from "./phone.ts";

const AGREED = { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" };

let app: TestApp;
let count = 0;
const newPhone = () => new Phone(app, `oConsent${++count}`);
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

async function opened(): Promise<{ phone: Phone; id: string }> {
  const phone = newPhone();
  const { location } = await phone.fill("/h5/start", AGREED);
  return { phone, id: String(location.split("/")[3]) };
}

const consentsIn = async (id: string) => {
  const { events } = await app.ctx.accidents.get(id);
  return events.flatMap(({ type, by, data }) => (type === "consent-given" ? [[by, data.to, data.textVersion]] : []));
};

describe("the two ticks before the first datum", () => {
  it("are recorded apart, each with the notice's version and its time", async () => {
    const { id } = await opened();
    assert.deepEqual(await consentsIn(id), [
      ["A", "notice", NOTICE_VERSION],
      ["A", "sensitive", NOTICE_VERSION],
    ]);
    const { parties, openedAt } = await app.ctx.accidents.get(id);
    assert.deepEqual(parties.A.consent, { textVersion: NOTICE_VERSION, givenAt: openedAt });
  });
});

describe("a notice that has changed since", () => {
  it("is put before its driver at the next visit, and nothing else opens before", async () => {
    const { phone, id } = await opened();
    const old = { textVersion: "2020-01-01", givenAt: app.clock.now() };
    await app.ctx.accidents.change(id, (accident) => ({
      accident: withParty(accident, "A", { consent: old }),
      events: [],
    }));
    const base = `/h5/accidents/${id}`;
    for (const path of ["/h5", base, `${base}/photos`, `${base}/details`])
      assert.equal((await phone.open(path)).path, `${base}/consent`, path);
    assert.equal((await phone.post(`${base}/photos`, {})).location, `${base}/consent`);
    assert.equal(heading((await phone.open(`${base}/way-out`)).html), "无法继续协商？", "the way out stays open");

    const half = await phone.fill(`${base}/consent`, { notice: "yes" });
    assert.equal(half.status, 422);
    assert.deepEqual(
      alerts(half.html).map(({ field }) => field),
      ["sensitive"],
    );
    assert.deepEqual((await app.ctx.accidents.get(id)).parties.A.consent, old);

    const agreed = await phone.fill(`${base}/consent`, { notice: "yes", sensitive: "yes" });
    assert.equal(agreed.location, `${base}/photos`);
    assert.equal((await app.ctx.accidents.get(id)).parties.A.consent?.textVersion, NOTICE_VERSION);
    assert.equal((await consentsIn(id)).length, 4);
  });
});
