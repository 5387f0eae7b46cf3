import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { fieldValue, openPair } from "./settle-driver.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const at = { lat: 31.2333, lng: 121.4667, crs: "WGS-84" as const, accuracyM: 12, label: null };

test("the road at the position stands in the field of the place, and counts once it is sent", async () => {
  const pair = await openPair(app);
  const { accidents } = app.ctx;
  await accidents.change(pair.id, (accident) => ({
    accident: { ...accident, scene: { ...accident.scene, address: null, positions: { A: at, B: null } } },
    events: [],
  }));
  const { html } = await pair.A.get("place");
  assert.equal(fieldValue(html, "address"), "黄浦区延安东路（近外滩）");
  assert.equal((await accidents.get(pair.id)).scene.address, null, "a proposal is no statement");
});
