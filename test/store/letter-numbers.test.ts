import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Connection } from "mongoose";
import { connect } from "../../src/store/connect.ts";
import { createLetterNumbers, type LetterNumbers } from "../../src/store/letter-numbers.ts";
import { standingClock } from "../support/clocks.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";

const clock = standingClock();
const HUANGPU = { authority: "310101000000", accidentId: "case-1", by: "officer-1" };

let connections: Connection[];
/** two processes */
let one: LetterNumbers;
let other: LetterNumbers;
before(async () => {
  const uri = await databaseUri();
  connections = [await connect(uri), await connect(uri)];
  [one, other] = (await Promise.all(connections.map((each) => createLetterNumbers(each, clock.now)))) as [
    LetterNumbers,
    LetterNumbers,
  ];
});
after(async () => {
  await Promise.all(connections.map((each) => each.close()));
  await closeDatabase();
});

const seqs = (numbers: { seq: number }[]) => numbers.map(({ seq }) => seq).sort((a, b) => a - b);

describe("numbers of letters", () => {
  it("are each used once and without a gap, by two processes at once", async () => {
    const wanted = Array.from({ length: 24 }, (_, i) => (i % 2 ? one : other).take(HUANGPU));
    const taken = await Promise.all(wanted);
    assert.deepEqual(
      seqs(taken),
      Array.from({ length: 24 }, (_, i) => i + 1),
    );
    assert.equal(new Set(taken.map(({ number }) => number)).size, 24);
    const year = taken[0]?.year;
    assert.ok(taken.some(({ number }) => number === `310101000000${year}000024`));
    assert.deepEqual(seqs(await one.list({ authority: HUANGPU.authority }, 100)), seqs(taken));
  });

  it("begin anew with each authority and each year of China", async () => {
    const last = new Date(`${clock.now().getUTCFullYear()}-12-31T15:59:00Z`);
    clock.advance(last.getTime() - clock.now().getTime());
    const pudong = { ...HUANGPU, authority: "310115000000" };
    const december = await one.take(pudong);
    clock.advance(60_000);
    const january = await other.take(pudong);
    assert.deepEqual([december.seq, january.seq, january.year - december.year], [1, 1, 1]);
    assert.deepEqual(
      (await one.list({ authority: pudong.authority }, 10)).map(({ year }) => year),
      [january.year, december.year],
    );
    assert.equal((await one.list({ authority: pudong.authority, year: december.year }, 10)).length, 1);
  });

  it("stay in the list when they are void, with the reason, and are not taken again", async () => {
    const authority = "310104000000";
    const first = await one.take({ ...HUANGPU, authority });
    assert.equal(await other.void(first.number, "refused"), true);
    assert.equal(await one.void(first.number, "failed"), false, "once");
    const second = await other.take({ ...HUANGPU, authority });
    await one.issue(second.number, clock.now());
    assert.equal(await one.void(second.number, "failed"), false, "an issued one is not void");
    const listed = await one.list({ authority }, 10);
    assert.deepEqual(
      listed.map(({ seq, state, voided, issuedAt }) => [seq, state, voided?.reason ?? null, issuedAt !== null]),
      [
        [2, "issued", null, true],
        [1, "void", "refused", false],
      ],
    );
  });

  it("that were taken long ago and stand on no letter are listed, the oldest first", async () => {
    const authority = "310105000000";
    const old = await one.take({ ...HUANGPU, authority });
    clock.advance(1000);
    const later = await one.take({ ...HUANGPU, authority });
    const issued = await one.take({ ...HUANGPU, authority });
    await one.issue(issued.number, clock.now());
    clock.advance(1000);
    const mine = (await other.listTaken(clock.now(), 1000)).filter((row) => row.authority === authority);
    assert.deepEqual(
      mine.map(({ number }) => number),
      [old.number, later.number],
    );
    assert.deepEqual(await other.listTaken(new Date(0), 10), []);
  });
});
