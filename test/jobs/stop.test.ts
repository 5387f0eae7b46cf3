import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { relayOutbox } from "../../src/jobs/relay.ts";
import { type ClaimsHouse, openClaimsHouse } from "../support/claims-house.ts";
import { closeDatabase } from "../support/database.ts";

let house: ClaimsHouse;
before(async () => {
  house = await openClaimsHouse();
});
after(async () => {
  await house.close();
  await closeDatabase();
});

it("a worker that is stopped while it takes a delivery finishes that one, too", async () => {
  for (let round = 0; round < 10; round++) {
    await house.conclude({ insurers: { A: "PICC", B: "PAIC" } });
    await relayOutbox(house.ctx);
    const { jobs } = await house.another();
    jobs.start();
    await new Promise(setImmediate);
    await jobs.stop();
    assert.deepEqual(await house.ctx.deliveries.listUndelivered(100, ["inflight"]), [], `round ${round}`);
  }
});
