import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { announcePhoto } from "../../src/actions/announce-photo.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { Busy } from "../../src/errors.ts";
import { LANES, type Lane } from "../../src/jobs/lanes.ts";
import { relayOutbox } from "../../src/jobs/relay.ts";
import { runJob } from "../../src/jobs/run-job.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const laneOf = (kind: Lane["kind"]) => LANES.find((lane) => lane.kind === kind) as Lane;

describe("a picture for which there is no room at this moment", () => {
  it("comes again after the time that was named, however often, and is neither refused nor forgotten", async () => {
    const { ctx, clock } = app;
    const person = await ctx.people.see("o_patient");
    const answer = { vehicles: "two" as const, conditions: [] };
    const { id } = await openAccident(ctx, { person, textVersion: NOTICE_VERSION, answer });
    const { id: mediaId } = app.simulator.platform.putMedia(SLOT_PHOTOS.scene, "image/jpeg");
    await announcePhoto(ctx, { accidentId: id, letter: "A", mediaId });
    await relayOutbox(ctx);
    const full: Lane = { ...laneOf("photo"), handle: () => Promise.reject(new Busy(3)) };
    for (let round = 0; round < 12; round++) {
      const delivery = await ctx.deliveries.claimDue({ kind: "photo", leaseMs: full.leaseMs });
      assert.ok(delivery, `round ${round}`);
      await runJob(ctx, full, { delivery, leasedAt: performance.now() });
      assert.equal(
        await ctx.deliveries.claimDue({ kind: "photo", leaseMs: full.leaseMs }),
        null,
        "not before its time",
      );
      clock.advance(3_000);
    }
    const [waiting] = await ctx.deliveries.listUndelivered(10);
    assert.deepEqual([waiting?.state, waiting?.attempts, waiting?.log.at(-1)?.code], ["pending", 0, "busy"]);
    await app.settle();
    const [photo] = (await ctx.accidents.get(id)).photos;
    assert.deepEqual([photo?.state, photo?.slot], ["stored", "scene"]);
    assert.deepEqual(await ctx.deliveries.listUndelivered(10), []);
  });
});

describe("the lane of plates", () => {
  it("is one at a time and its own: nothing else waits behind it, and what is not of a plate comes when it is idle", () => {
    const { concurrency, idleKind } = laneOf("plate");
    assert.deepEqual([concurrency, idleKind], [1, "plate-idle"]);
    assert.deepEqual(
      LANES.filter((lane) => lane.kind !== "plate" && lane.idleKind).map(({ kind }) => kind),
      [],
    );
  });
});
