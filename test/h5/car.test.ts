import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { endAccident } from "../../src/actions/end-accident.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { errorAt, fieldValue, isChecked, openPair, type Pair, readyPair } from "./settle-driver.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const { name, idNumber, phone } = DETAILS.A;
const FORM = {
  ...{ name, idKind: "licence", idNumber, phone, province: "沪", serial: "A12345", vehicleKind: "auto" },
  ...{ insurerCode: "PICC", insurerName: "", policyNumber: "" },
};
const saidIn = async ({ id }: Pair) => {
  const { owner, use } = (await app.ctx.accidents.get(id)).parties.A.details ?? {};
  return [owner, use];
};

/** The photograph of A's plate shows this one. */
const photograph = ({ id }: Pair, plate: string) =>
  app.ctx.accidents.change(id, (accident) => {
    const best = { plate, sure: true, gap: 800, box: { x: 200, y: 400, width: 400, height: 130 }, runnersUp: [] };
    const photos = accident.photos.map((photo) =>
      photo.slot === "own-plate" ? { ...photo, plates: { best, others: [] } } : photo,
    );
    return { accident: { ...accident, photos }, events: [] };
  });

describe("whose car it is, on the page of the details", () => {
  it("presets nothing, needs no answer, and states nothing that was not said", async () => {
    const pair = await openPair(app);
    const { html } = await pair.A.get("details");
    assert.ok(html.includes("谁的车、作什么用？（选填）"));
    assert.doesNotMatch(html, /name="car(Owner|Use)?"[^>]* checked/);
    assert.equal((await pair.A.post("details", FORM)).location, "statement");
    assert.deepEqual(await saidIn(pair), [undefined, undefined]);
  });

  it("takes one tap for both, and asks further where the tap leaves it open", async () => {
    const pair = await openPair(app);
    await pair.A.post("details", { ...FORM, car: "family" });
    assert.deepEqual(await saidIn(pair), ["other_person", "private"]);
    await pair.A.post("details", { ...FORM, car: "other", carOwner: "organisation", carUse: "taxi" });
    assert.deepEqual(await saidIn(pair), ["organisation", "taxi"]);
    const { html } = await pair.A.get("details");
    for (const [field, value] of [
      ["car", "other"],
      ["carOwner", "organisation"],
      ["carUse", "taxi"],
    ] as const)
      assert.ok(isChecked(html, field, value), field);
    const refused = await pair.A.post("details", { ...FORM, car: "stolen" });
    assert.equal(errorAt(refused.html, "car"), "请点选其中一项，或不填。");
  });

  it("is kept for the next time with this car, and of another car nothing is said", async () => {
    const first = await openPair(app);
    await first.A.post("details", { ...FORM, car: "company", remember: "yes" });
    await endAccident(app.ctx, { accidentId: first.id, letter: "A", code: "withdrawn" });
    const again = await openPair(app, { known: first.A.person });
    assert.ok(isChecked((await again.A.get("details")).html, "car", "company"));
    await photograph(again, "沪B67890");
    const { html } = await again.A.get("details");
    assert.equal(fieldValue(html, "serial"), "B67890");
    assert.doesNotMatch(html, /name="car"[^>]* checked/);
  });

  it("voids no signature: it stands in no agreement", async () => {
    const { id, A, B } = await readyPair(app);
    const contentDigest = fieldValue((await A.get("sign")).html, "contentDigest");
    await A.post("sign", { contentDigest, signature: SIGNATURE, electronic: "yes" });
    const { details } = (await app.ctx.accidents.get(id)).parties.B ?? {};
    await giveDetails(app.ctx, { accidentId: id, letter: "B", details: { ...details!, owner: "driver" } });
    assert.ok((await app.ctx.accidents.get(id)).parties.A.signature);
    assert.equal(fieldValue((await B.get("sign")).html, "contentDigest"), contentDigest);
  });
});

describe("the type of the vehicle licence", () => {
  it("stands in the agreement beside the kind of the plate, comes back to the form, and may be left out", async () => {
    const { id, A, B } = await readyPair(app);
    assert.doesNotMatch((await B.get("sign")).html, /data-field="vehicleType"/);
    assert.equal(
      errorAt((await A.post("details", { ...FORM, vehicleType: "轿跑" })).html, "vehicleType").slice(0, 3),
      "请按行",
    );
    await A.post("details", { ...FORM, vehicleType: "小型轿车" });
    assert.equal((await app.ctx.accidents.get(id)).parties.A.details?.vehicleType, "小型轿车");
    assert.match((await B.get("sign")).html, /小型汽车<[\s\S]*data-field="vehicleType">小型轿车</);
    assert.equal(fieldValue((await A.get("details")).html, "vehicleType"), "小型轿车");
  });
});

describe("what follows from it", () => {
  it("stands on the page of the case, and after the agreement among the next steps", async () => {
    const { id, A, B } = await readyPair(app, { real: true });
    const rented = { ...DETAILS.A, owner: "organisation", use: "rental" } as const;
    await giveDetails(app.ctx, { accidentId: id, letter: "A", details: rented });
    assert.match((await A.get("")).html, /车主：单位、公司 · 用途：租赁/);
    for (const driver of [A, B]) {
      const contentDigest = fieldValue((await driver.get("sign")).html, "contentDigest");
      await driver.post("sign", { contentDigest, signature: SIGNATURE, electronic: "yes", forwarding: "yes" });
    }
    await app.settle();
    for (const page of ["", "done"]) assert.match((await A.get(page)).html, /<li>租赁车辆：请先联系租赁公司/, page);
    assert.doesNotMatch((await B.get("done")).html + (await B.get("")).html, /租赁|用途：/);
  });
});
