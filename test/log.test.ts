import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Upstream } from "../src/errors.ts";
import { LANES, type Lane } from "../src/jobs/lanes.ts";
import { relayOutbox } from "../src/jobs/relay.ts";
import { runJob } from "../src/jobs/run-job.ts";
import { createLog } from "../src/log.ts";
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
  it("has its level as a word and the ids of the work in which it is written", () => {
    const { log, lines } = captured();
    const [one, other] = ["one", "other"].map((requestId) => log.child({ requestId }));
    one?.warn({ code: "c" }, "jobs.failed");
    other?.child({ deliveryId: "d" }).warn({ code: "c" }, "jobs.failed");
    log.error("http.failed");
    const plain = lines.map(({ time: _, ...rest }) => rest);
    assert.deepEqual(plain, [
      { level: "warn", requestId: "one", code: "c", msg: "jobs.failed" },
      { level: "warn", requestId: "other", deliveryId: "d", code: "c", msg: "jobs.failed" },
      { level: "error", msg: "http.failed" },
    ]);
  });

  it("says of an error its class, code, causes and places, and nothing that it quotes", () => {
    const { log, lines } = captured();
    const quoting = [
      () => JSON.parse('{"name":金丝雀}'),
      () => new URL("http://[金丝雀"),
      () => Reflect.get(undefined as never, "金丝雀"),
      () => assert.equal("金丝雀", ""),
    ];
    for (const fault of quoting)
      try {
        fault();
      } catch (cause) {
        log.error({ err: new Upstream("somewhere", { said: "金丝雀" }, true, cause) }, "http.failed");
      }
    assert.equal(lines.length, quoting.length);
    assert.doesNotMatch(JSON.stringify(lines), /金丝雀/);
    const [first] = lines as { err: { type: string; code: string; where: string[]; cause: { type: string } } }[];
    assert.deepEqual(
      [first?.err.type, first?.err.code, first?.err.cause.type],
      ["Upstream", "somewhere", "SyntaxError"],
    );
    assert.match(first?.err.where[0] ?? "", /log\.test/);
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
          ctx.log.info("insurers.posted");
          return undefined;
        },
      };
      await runJob({ ...house.ctx, log }, lane, { delivery, leasedAt: performance.now() });
      const line = lines.find(({ msg }) => msg === "insurers.posted");
      assert.deepEqual([line?.["deliveryId"], line?.["accidentId"]], [delivery._id, id]);
    } finally {
      await house.close();
    }
  });

  it("of a request has the id that the answer bears; each answer has another", async () => {
    const app = await startApp();
    try {
      const ask = async () => (await fetch(`${app.url}/healthz`)).headers.get("x-request-id") ?? "";
      const ids = [await ask(), await ask()];
      for (const id of ids) assert.match(id, /^[\w-]{8}-[0-9a-z]+$/);
      assert.notEqual(ids[0], ids[1]);
      await app.ctx.close();
      const failed = await fetch(`${app.url}/h5/start`);
      assert.equal(failed.status, 503);
      assert.ok(app.logged().includes(`"requestId":"${failed.headers.get("x-request-id")}"`));
    } finally {
      await app.stop();
      await closeDatabase();
    }
  });
});
