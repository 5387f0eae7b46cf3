import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LANES, type Lane } from "../src/jobs/lanes.ts";
import { relayOutbox } from "../src/jobs/relay.ts";
import { runJob } from "../src/jobs/run-job.ts";
import { createLog, withLogFields } from "../src/log.ts";
import { startApp } from "./support/app.ts";
import { openClaimsHouse } from "./support/claims-house.ts";
import { closeDatabase } from "./support/database.ts";

type Line = Record<string, unknown>;

function captured() {
  const lines: Line[] = [];
  const log = createLog("debug", { write: (line) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

describe("a line of the log", () => {
  it("has its level as a word and the fields of the work in which it is written, also after a wait", async () => {
    const { log, lines } = captured();
    await Promise.all(
      ["one", "other"].map((request) =>
        withLogFields({ request }, async () => {
          await new Promise(setImmediate);
          withLogFields({ delivery: `${request}-1` }, () => log.warn({ code: "c" }, "some.thing"));
        }),
      ),
    );
    log.error("outside.of-it");
    const plain = lines.map(({ time: _, ...rest }) => rest);
    assert.deepEqual(plain, [
      { level: "warn", request: "one", delivery: "one-1", code: "c", msg: "some.thing" },
      { level: "warn", request: "other", delivery: "other-1", code: "c", msg: "some.thing" },
      { level: "error", msg: "outside.of-it" },
    ]);
  });

  it("of a job names its delivery and its case", async () => {
    const house = await openClaimsHouse();
    try {
      const { log, lines } = captured();
      const { id } = await house.conclude();
      while ((await relayOutbox(house.ctx)) > 0);
      const delivery = await house.ctx.deliveries.claimDue({ kind: "claim", leaseMs: 30_000 });
      assert.ok(delivery);
      const lane: Lane = {
        ...(LANES[0] as Lane),
        handle: async (ctx) => {
          ctx.log.info("something.in-a-job");
          return undefined;
        },
      };
      await runJob({ ...house.ctx, log }, lane, { delivery, leasedAt: performance.now() });
      const line = lines.find(({ msg }) => msg === "something.in-a-job");
      assert.deepEqual([line?.["delivery"], line?.["accidentId"]], [delivery._id, id]);
    } finally {
      await house.close();
    }
  });

  it("of a request has the id that the answer bears; each answer has another", async () => {
    const app = await startApp();
    try {
      const ask = async () => (await fetch(`${app.url}/wechat?signature=no`, { method: "POST" })).headers;
      const ids = [(await ask()).get("x-request-id"), (await ask()).get("x-request-id")];
      for (const id of ids) assert.match(id ?? "", /^[\w-]{12}$/);
      assert.notEqual(ids[0], ids[1]);
      assert.ok(app.logged().includes(`"request":"${ids[0]}"`), "door.refused is said at the first");
    } finally {
      await app.stop();
      await closeDatabase();
    }
  });
});
