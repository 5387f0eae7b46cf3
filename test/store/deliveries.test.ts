import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Connection } from "mongoose";
import { NotFound } from "../../src/errors.ts";
import { connect } from "../../src/store/connect.ts";
import { createDeliveries, type Deliveries, type Delivery } from "../../src/store/deliveries.ts";
import { NOON, standingClock } from "../support/clocks.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";

const LEASE_MS = 60_000;
const clock = standingClock(NOON);
let connection: Connection;
let deliveries: Deliveries;

before(async () => {
  connection = await connect(await databaseUri());
  deliveries = await createDeliveries({ connection, clock });
});

after(async () => {
  await connection.close();
  await closeDatabase();
});

type Entry = Parameters<Deliveries["upsertFromOutbox"]>[0]["entries"][number];
const attempt = (code = "http-200") => ({ n: 1, at: clock.now(), ms: 5, code, head: "" });

/** Entries of a fresh accident, one for each target, in this order. */
function outbox(targets: string[], kind: Entry["kind"] = "claim") {
  const accidentId = randomBytes(8).toString("hex");
  const entries = targets.map(
    (target, seq): Entry => ({ id: `${accidentId}-${seq}`, seq, kind, target, sealed: Buffer.from("sealed") }),
  );
  return { accidentId, entries };
}

async function claim(kind: Entry["kind"] = "claim", target?: string): Promise<Delivery> {
  const delivery = await deliveries.claimDue({ kind, leaseMs: LEASE_MS, ...(target && { target }) });
  assert.ok(delivery);
  return delivery;
}

/** Everything that is due now, completed in the order in which it comes. */
async function drain(kind: Entry["kind"] = "claim"): Promise<string[]> {
  const ids: string[] = [];
  for (
    let next = await deliveries.claimDue({ kind, leaseMs: LEASE_MS });
    next;
    next = await deliveries.claimDue({ kind, leaseMs: LEASE_MS })
  ) {
    ids.push(next._id);
    await deliveries.complete(next, attempt());
  }
  return ids;
}

describe("taking an outbox over", () => {
  it("changes nothing the second time, not even when the delivery has moved on", async () => {
    const box = outbox(["PICC"]);
    await deliveries.upsertFromOutbox(box);
    await deliveries.upsertFromOutbox(box);
    const leased = await claim();
    assert.equal(leased._id, box.entries[0]?.id);
    assert.deepEqual(leased.sealed, Buffer.from("sealed"));
    await deliveries.upsertFromOutbox(box);
    assert.equal(await deliveries.complete(leased, attempt()), true);
    await deliveries.upsertFromOutbox(box);
    assert.deepEqual(await drain(), []);
    assert.equal((await deliveries.get(leased._id)).state, "done");
  });

  it("by two relays at once gives each entry one delivery", async () => {
    const box = outbox(["PICC", "PAIC", "PICC"]);
    await Promise.all([deliveries.upsertFromOutbox(box), deliveries.upsertFromOutbox(box)]);
    await deliveries.repair();
    assert.deepEqual((await drain()).sort(), box.entries.map(({ id }) => id).sort());
  });
});

describe("a lease", () => {
  it("is given to one of many who ask at once", async () => {
    await deliveries.upsertFromOutbox(outbox(["PICC"]));
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => deliveries.claimDue({ kind: "claim", leaseMs: LEASE_MS })),
    );
    const [leased, ...others] = asked.filter((delivery) => delivery !== null);
    assert.ok(leased);
    assert.equal(others.length, 0);
    await deliveries.complete(leased, attempt());
  });

  it("lapses when its worker dies, and fences him off when he comes back", async () => {
    await deliveries.upsertFromOutbox(outbox(["PICC"]));
    const dead = await claim();
    clock.advance(LEASE_MS - 1);
    assert.equal(await deliveries.claimDue({ kind: "claim", leaseMs: LEASE_MS }), null);
    clock.advance(1);
    const second = await claim();
    assert.equal(second._id, dead._id);
    assert.equal(second.attempts, 2);
    for (const late of [
      deliveries.complete(dead, attempt()),
      deliveries.retry(dead, attempt(), 0),
      deliveries.bury(dead, attempt()),
      deliveries.hold(dead, attempt()),
    ]) {
      assert.equal(await late, false);
    }
    assert.equal((await deliveries.get(second._id)).state, "inflight");
    assert.equal(await deliveries.complete(second, attempt()), true);
    assert.equal(await deliveries.retry(second, attempt(), 0), false);
    assert.equal((await deliveries.get(second._id)).state, "done");
  });

  it("that ends before anything was tried counts for nothing", async () => {
    await deliveries.upsertFromOutbox(outbox(["PICC"]));
    const first = await claim();
    assert.equal(await deliveries.postpone(first, attempt("lease-nearly-over"), 1_000), true);
    assert.equal(await deliveries.claimDue({ kind: "claim", leaseMs: LEASE_MS }), null);
    clock.advance(1_000);
    const second = await claim();
    assert.deepEqual([second._id, second.attempts], [first._id, 1]);
    assert.equal(await deliveries.postpone(first, attempt(), 0), false);
    await deliveries.complete(second, attempt());
  });

  it("goes to what is due longest, of its own kind", async () => {
    const first = outbox(["PICC"]);
    await deliveries.upsertFromOutbox(first);
    clock.advance(10);
    const second = outbox(["PAIC"]);
    await deliveries.upsertFromOutbox(second);
    await deliveries.upsertFromOutbox(outbox(["p"], "photo"));
    assert.deepEqual(await drain(), [first.entries[0]?.id, second.entries[0]?.id]);
    assert.equal((await drain("photo")).length, 1);
  });
});

describe("what waits for several", () => {
  const kind = "plate";

  it("is found by target and taken by target, however much waits for another", async () => {
    const boxes = ["B", "A", "C", "A", "A"].map((target) => outbox([target], kind));
    for (const box of boxes) {
      await deliveries.upsertFromOutbox(box);
      clock.advance(10);
    }
    assert.deepEqual(await deliveries.listWaitingTargets(kind), ["A", "B", "C"]);
    const taken = await deliveries.claimDue({ kind, leaseMs: LEASE_MS, target: "A" });
    assert.equal(taken?._id, boxes[1]?.entries[0]?.id);
    await deliveries.retry(taken as Delivery, attempt("http-503"), 60_000);
    assert.equal((await deliveries.claimDue({ kind, leaseMs: 0, target: "C" }))?._id, boxes[2]?.entries[0]?.id);
    assert.equal(await deliveries.claimDue({ kind, leaseMs: LEASE_MS, target: "D" }), null);
    assert.equal((await drain(kind)).length, 4);
    assert.deepEqual(await deliveries.listWaitingTargets(kind), ["A"], "not due yet");
    clock.advance(60_000);
    await drain(kind);
    assert.deepEqual(await deliveries.listWaitingTargets(kind), []);
  });

  it("goes to somebody who waits first, when it is asked for so, whatever is older", async () => {
    const old = outbox(["p"], "notice");
    const now = outbox(["q"], "notice");
    await deliveries.upsertFromOutbox(old);
    clock.advance(1_000);
    await deliveries.upsertFromOutbox({ ...now, entries: now.entries.map((entry) => ({ ...entry, urgent: true })) });
    const wanted = { kind: "notice" as const, leaseMs: LEASE_MS, urgent: true as const };
    const first = await deliveries.claimDue(wanted);
    assert.equal(first?._id, now.entries[0]?.id);
    await deliveries.complete(first as Delivery, attempt());
    assert.equal(await deliveries.claimDue(wanted), null);
    assert.deepEqual(await drain("notice"), [old.entries[0]?.id]);
  });

  it("is told by the age of the oldest of each kind", async () => {
    assert.deepEqual(await deliveries.findDueForS(), {});
    await deliveries.upsertFromOutbox(outbox(["a"], kind));
    clock.advance(5_000);
    await deliveries.upsertFromOutbox(outbox(["p"], "photo"));
    await deliveries.upsertFromOutbox(outbox(["b"], kind));
    clock.advance(2_500);
    assert.deepEqual(await deliveries.findDueForS(), { plate: 7, photo: 2 });
    await drain(kind);
    assert.deepEqual(await deliveries.findDueForS(), { photo: 2 });
    await drain("photo");
  });

  it("is counted for plates: what waits or is worked on, and what was given up", async () => {
    const boxes = [outbox(["a"], "plate"), outbox(["b"], "plate-idle"), outbox(["c"], "photo")];
    for (const box of boxes) await deliveries.upsertFromOutbox(box);
    assert.deepEqual(await deliveries.countUnread(), { waiting: 2, dropped: 0 });
    const leased = (await deliveries.claimDue({ kind: "plate", leaseMs: LEASE_MS })) as Delivery;
    assert.deepEqual(await deliveries.countUnread(), { waiting: 2, dropped: 0 });
    await deliveries.bury(leased, attempt());
    assert.deepEqual(await deliveries.countUnread(), { waiting: 1, dropped: 1 });
    for (const one of ["plate-idle", "photo"] as const) await drain(one);
    assert.deepEqual(await deliveries.countUnread(), { waiting: 0, dropped: 1 });
  });

  it("is late once: what is at its end is not, and what was said is not said again", async () => {
    const boxes = [outbox(["a"]), outbox(["b"]), outbox(["c"])];
    const [a, b, c] = boxes.map(({ entries }) => entries[0]?.id) as [string, string, string];
    for (const box of boxes) {
      await deliveries.upsertFromOutbox(box);
      clock.advance(1);
    }
    await deliveries.hold(await claim(), attempt("http-403"));
    await deliveries.bury(await claim(), attempt("http-422"));
    const late = async () => (await deliveries.listLate("claim", clock.now(), 10)).map(({ _id }) => _id);
    assert.deepEqual(await late(), [a, c]);
    assert.deepEqual(await deliveries.listLate("claim", new Date(clock.now().getTime() - 4), 10), []);
    await deliveries.noteLateSaid(a);
    assert.deepEqual(await late(), [c]);
    assert.deepEqual(await drain(), [c]);
    assert.deepEqual(await late(), []);
    await deliveries.resend(a);
    await deliveries.resend(b);
    await drain();
  });
});

describe("the queue of one accident at one insurer", () => {
  it("goes in order, and no other queue waits for it", async () => {
    const box = outbox(["PICC", "PICC", "PAIC", "PICC"]);
    const [a, b, c, d] = box.entries.map(({ id }) => id);
    await deliveries.upsertFromOutbox(box);
    // the heads of both queues are due since the same moment: either may come first
    const head = await claim("claim", "PICC");
    assert.equal(head._id, a);
    await deliveries.retry(head, attempt("http-503"), 30_000);
    assert.deepEqual(await drain(), [c]);
    clock.advance(30_000);
    assert.deepEqual(await drain(), [a, b, d]);
  });

  it("waits behind a held head and goes on behind a dead one", async () => {
    const box = outbox(["PICC", "PICC", "PICC"]);
    const [a, b, c] = box.entries.map(({ id }) => id) as [string, string, string];
    await deliveries.upsertFromOutbox(box);
    await deliveries.hold(await claim(), attempt("http-401"));
    assert.deepEqual(await drain(), []);
    assert.equal(await deliveries.resend(a), true);
    await deliveries.bury(await claim(), attempt("http-422"));
    assert.deepEqual(await drain(), [b, c]);
  });

  it("goes on when the head's worker died between the end and the release", async () => {
    const box = outbox(["PICC", "PICC"]);
    await deliveries.upsertFromOutbox(box);
    const head = await claim();
    await connection.db
      ?.collection("deliveries")
      .updateOne({ _id: head._id as never }, { $set: { state: "done" }, $unset: { dueAt: 1 } });
    assert.deepEqual(await drain(), []);
    assert.equal(await deliveries.repair(), 1);
    assert.equal(await deliveries.repair(), 0);
    assert.deepEqual(await drain(), [box.entries[1]?.id]);
  });

  it("does not exist for pictures: each goes when it can", async () => {
    const box = outbox(["same", "same", "same"], "photo");
    await deliveries.upsertFromOutbox(box);
    await deliveries.retry(await claim("photo"), attempt("x"), 60_000);
    assert.equal((await drain("photo")).length, 2);
    clock.advance(60_000);
    assert.equal((await drain("photo")).length, 1);
  });
});

describe("what is not delivered", () => {
  it("keeps the last twenty attempts, is listed, and can be sent again under its id", async () => {
    const box = outbox(["PICC"]);
    const id = box.entries[0]?.id as string;
    await deliveries.upsertFromOutbox(box);
    for (let n = 1; n <= 25; n++) await deliveries.retry(await claim(), { ...attempt("http-503"), n }, 0);
    const waiting = await deliveries.get(id);
    assert.deepEqual([waiting.log.length, waiting.log[0]?.n, waiting.log.at(-1)?.n, waiting.attempts], [20, 6, 25, 25]);
    await deliveries.bury(await claim(), attempt("http-422"));
    const listed = (await deliveries.listUndelivered(100)).find(({ _id }) => _id === id);
    assert.equal(listed?.state, "dead");
    assert.equal(await deliveries.resend(id), true);
    assert.equal((await claim())._id, id);
    assert.equal(await deliveries.resend(id), false, "on its way");
    clock.advance(LEASE_MS);
    assert.deepEqual(await drain(), [id]);
    assert.equal(await deliveries.resend(id), false, "done");
    assert.equal(
      (await deliveries.listUndelivered(100)).some(({ _id }) => _id === id),
      false,
    );
    assert.equal(await deliveries.resend("nothing"), false);
    await assert.rejects(deliveries.get("nothing"), NotFound);
  });

  it("fences the old worker off when it is sent again", async () => {
    const box = outbox(["PICC"]);
    await deliveries.upsertFromOutbox(box);
    const held = await claim();
    await deliveries.hold(held, attempt("http-403"));
    const after = await deliveries.get(held._id);
    assert.deepEqual([after.state, after.attempts], ["held", 0], "the attempt does not count");
    await deliveries.resend(held._id);
    const again = await claim();
    assert.ok(again.token > held.token + 1);
    assert.equal(await deliveries.complete(held, attempt()), false);
    assert.equal(await deliveries.complete(again, attempt()), true);
  });
});

describe("what is done", () => {
  it("is put away three minutes later, is still found, and does not come back when its outbox is taken over again", async () => {
    const box = outbox(["PICC"]);
    await deliveries.upsertFromOutbox(box);
    const leased = await claim();
    await deliveries.complete(leased, attempt());
    const living = () => connection.collection("deliveries").countDocuments({ accidentId: box.accidentId });
    clock.advance(150_000);
    await deliveries.putAway();
    assert.equal(await living(), 1, "a relay that repeats itself finds it here");
    clock.advance(31_000);
    while ((await deliveries.putAway()) > 0);
    assert.equal(await living(), 0);
    assert.equal((await deliveries.get(leased._id)).state, "done");
    await deliveries.upsertFromOutbox(box);
    assert.equal(await living(), 0);
    assert.equal(await deliveries.resend(leased._id), false);
    assert.deepEqual((await deliveries.get(leased._id)).sealed, Buffer.from("sealed"));
  });

  it("goes after 30 days; what was given up stays", async () => {
    const box = outbox(["PICC", "PAIC"]);
    await deliveries.upsertFromOutbox(box);
    const [one, other] = [await claim(), await claim()];
    await deliveries.complete(one, attempt());
    await deliveries.bury(other, attempt());
    clock.advance(181_000);
    while ((await deliveries.putAway()) > 0);
    clock.advance(30 * 24 * 3_600_000 - 182_000);
    while ((await deliveries.removeDone()) > 0);
    assert.equal((await deliveries.get(one._id)).state, "done");
    clock.advance(2_000);
    while ((await deliveries.removeDone()) > 0);
    await assert.rejects(deliveries.get(one._id), NotFound);
    assert.equal((await deliveries.get(other._id)).state, "dead");
  });

  it("is there once when a move was cut off between its two writes", async () => {
    const box = outbox(["PICC"]);
    await deliveries.upsertFromOutbox(box);
    const leased = await claim();
    await deliveries.complete(leased, attempt());
    const copy = await connection.collection("deliveries").findOne({ accidentId: box.accidentId });
    await connection.collection("deliveries_done").insertOne(copy as never);
    clock.advance(181_000);
    while ((await deliveries.putAway()) > 0);
    const filter = { accidentId: box.accidentId };
    assert.equal(await connection.collection("deliveries").countDocuments(filter), 0);
    assert.equal(await connection.collection("deliveries_done").countDocuments(filter), 1);
  });
});
