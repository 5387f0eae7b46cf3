import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Accident, Claim, OutboxEntry } from "../../src/domain/accident.ts";
import { claimNews } from "../../src/domain/claim-notice.ts";
import { notice } from "../../src/domain/notice.ts";
import { LANES, type Lane } from "../../src/jobs/lanes.ts";
import { queueOf } from "../../src/jobs/queues.ts";
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

/** Concludes so many accidents and has what follows from that told. */
async function concluded(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push((await house.conclude()).id);
  while ((await relayOutbox(house.ctx)) > 0);
  await takenInOrder(Number.POSITIVE_INFINITY);
  return ids;
}

/** Adds one notice to each: news of a claim, or what its driver waits for. */
async function tell(ids: readonly string[], urgent: boolean): Promise<void> {
  const { ctx } = house;
  for (const id of ids) {
    await ctx.accidents.change(id, (accident) => {
      const claim: Claim = { ...(accident.claims[0] as Claim), status: "paid" };
      const entry: OutboxEntry = urgent ? notice(accident, "A", "may-move") : claimNews(ctx, accident, claim, {});
      return { accident, events: [], outbox: [entry] };
    });
  }
  while ((await relayOutbox(ctx)) > 0);
}

/** The notices in the order in which the lane takes them, each done before the next is asked for. */
async function takenInOrder(count: number): Promise<string[]> {
  const { ctx } = house;
  const next = queueOf(ctx, LANES.find(({ kind }) => kind === "notice") as Lane);
  const codes: string[] = [];
  while (codes.length < count) {
    const leased = await next();
    if (!leased) break;
    const { _id, token, accidentId, sealed } = leased.delivery;
    codes.push(JSON.parse(await ctx.accidents.openBody(accidentId, _id, sealed)).code);
    await ctx.deliveries.complete({ _id, token }, { n: 1, at: ctx.clock.now(), ms: 0, code: "done", head: "" });
    leased.done();
  }
  return codes;
}

describe("the lane of notices", () => {
  it("says what somebody waits for before a hundred that nobody waits for", async () => {
    const [many, one] = [await concluded(100), await concluded(1)];
    await tell(many, false);
    house.clock.advance(1_000);
    await tell(one, true);
    const order = await takenInOrder(1_000);
    assert.equal(order.length, 101);
    assert.equal(order.indexOf("may-move"), 0);
  });

  it("says every fifth by its age alone, so that nothing waits for ever", async () => {
    const [old, urgent] = [await concluded(5), await concluded(20)];
    await tell(old, false);
    house.clock.advance(1_000);
    await tell(urgent, true);
    const order = await takenInOrder(1_000);
    assert.deepEqual(
      order.flatMap((code, at) => (code === "claim-paid" ? [at] : [])),
      [4, 9, 14, 19, 24],
    );
  });
});

describe("/readyz", () => {
  it("says by kind for how long what has been due longest is due; what is in hand or done is not due", async () => {
    const own = await openClaimsHouse();
    const { ctx } = own;
    const dueForS = async () =>
      ((await (await fetch(`${own.url}/readyz`)).json()) as Record<string, unknown>)["dueForS"];
    try {
      assert.deepEqual(await dueForS(), {});
      const { id } = await own.conclude({ forwarding: { A: true, B: false } });
      while ((await relayOutbox(ctx)) > 0);
      own.clock.advance(90_500);
      const outbox = (accident: Accident) => [notice(accident, "A", "may-move")];
      await ctx.accidents.change(id, (accident) => ({ accident, events: [], outbox: outbox(accident) }));
      while ((await relayOutbox(ctx)) > 0);
      own.clock.advance(30_000);
      const { claim, notice: told } = (await dueForS()) as Record<string, number>;
      assert.deepEqual({ claim, told }, { claim: 120, told: 120 });
      const leased = await ctx.deliveries.claimDue({ kind: "claim", leaseMs: 30_000 });
      assert.equal("claim" in ((await dueForS()) as object), false, "in hand");
      own.clock.advance(31_000);
      assert.equal(((await dueForS()) as Record<string, number>)["claim"], 1, "its lease has lapsed");
      const again = await ctx.deliveries.claimDue({ kind: "claim", leaseMs: 30_000 });
      assert.ok(again && again._id === leased?._id);
      const attempt = { n: 2, at: ctx.clock.now(), ms: 0, code: "done", head: "" };
      assert.equal(await ctx.deliveries.complete({ _id: again._id, token: again.token }, attempt), true);
      own.clock.advance(31_000);
      assert.equal("claim" in ((await dueForS()) as object), false, "done");
    } finally {
      await own.close();
    }
  });
});
