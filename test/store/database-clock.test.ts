import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mongoose";
import { connect } from "../../src/store/connect.ts";
import { createDatabaseClock } from "../../src/store/database-clock.ts";
import { createDeliveries } from "../../src/store/deliveries.ts";
import { capturedLog } from "../support/captured-log.ts";
import { shiftedClock } from "../support/clocks.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";

const HOUR_MS = 3_600_000;
let connection: Connection;

before(async () => {
  connection = await connect(await databaseUri());
});
after(async () => {
  await connection.close();
  await closeDatabase();
});

/** This machine's clock, its difference as measured on a real database, and what was said of it. */
async function open(startsAheadMs = 0) {
  const machine = shiftedClock();
  machine.advance(startsAheadMs);
  const { log, lines } = capturedLog();
  const clock = await createDatabaseClock({ connection, clock: machine, log });
  const said = () => lines.splice(0).map((line) => JSON.parse(line).msg as string);
  return { machine, clock, said };
}

/** Both databases run on the machine of the test; a busy one answers late. */
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 60_000, `${actual} instead of ${expected}`);

describe("the database's clock", () => {
  it("is the time of a process whose own clock is wrong from its start, and that is said once", async () => {
    const { clock, said } = await open(25 * HOUR_MS);
    near(clock.now().getTime(), Date.now());
    near(clock.differenceMs(), -25 * HOUR_MS);
    await clock.measure();
    assert.deepEqual(said(), ["clock.differs"]);
    clock.close();
  });

  it("is not moved by a step of the process's own clock, which is seen at once and said once", async () => {
    const { clock, machine, said } = await open();
    near(clock.differenceMs(), 0);
    machine.advance(-HOUR_MS);
    near(clock.now().getTime(), Date.now());
    near(clock.differenceMs(), HOUR_MS);
    await clock.measure();
    assert.deepEqual(said(), ["clock.stepped", "clock.differs"]);
    machine.advance(HOUR_MS);
    await clock.measure();
    assert.deepEqual(said(), ["clock.stepped", "clock.agrees"]);
    clock.close();
  });

  it("goes on as it was known while the database does not answer", async () => {
    const other = await connect(await databaseUri());
    const { log, lines } = capturedLog();
    const clock = await createDatabaseClock({ connection: other, clock: shiftedClock(), log });
    await other.close();
    await clock.measure();
    near(clock.now().getTime(), Date.now());
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).msg),
      ["clock.not-measured"],
    );
    clock.close();
  });

  it("is that of the leases, whatever a process's own says", async () => {
    const [slow, right] = await Promise.all([open(-HOUR_MS), open()]);
    const [late, punctual] = [
      await createDeliveries({ connection, clock: slow.clock }),
      await createDeliveries({ connection, clock: right.clock }),
    ];
    const entry = { id: "case-0", seq: 0, kind: "document" as const, target: "p", sealed: Buffer.from("sealed") };
    await punctual.upsertFromOutbox({ accidentId: "case", entries: [entry] });
    // Two measures differ by the milliseconds that the questions took.
    let leased = null;
    for (let tries = 0; !leased && tries < 100; tries++) {
      leased = await late.claimDue({ kind: "document", leaseMs: 600_000 });
      if (!leased) await sleep(100);
    }
    assert.ok(leased, "an hour behind, and still due");
    assert.equal(
      await punctual.claimDue({ kind: "document", leaseMs: 600_000 }),
      null,
      "leased for ten minutes, not in the past",
    );
    slow.clock.close();
    right.clock.close();
  });
});
