import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { deliverClaim } from "../../src/actions/deliver-claim.ts";
import { tellLateClaims } from "../../src/actions/tell-late-claims.ts";
import type { Accident, Claim } from "../../src/domain/accident.ts";
import { RETRY_SCHEDULE_S } from "../../src/domain/retry.ts";
import { deliveriesCommand } from "../../src/jobs/deliveries-command.ts";
import { claimFaults } from "../support/claim-schemas.ts";
import { type ClaimsHouse, openClaimsHouse } from "../support/claims-house.ts";
import { closeDatabase } from "../support/database.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
let house: ClaimsHouse;

before(async () => {
  house = await openClaimsHouse();
});
afterEach(async () => {
  for (const code of ["PICC", "PAIC"]) house.insurers.setMode(code, { kind: "normal" });
  await house.jobs.settle();
});
after(async () => {
  await house.close();
  await closeDatabase();
});

const claimOf = (accident: Accident, index = 0) => accident.claims[index] as Claim;
const received = (accident: Accident) => accident.claims.map(({ ref }) => house.insurers.find(ref));
const stateOf = async (accident: Accident) => {
  const deliveries = await house.ctx.deliveries.listUndelivered(1_000);
  return deliveries
    .filter((delivery) => delivery.accidentId === accident.id && delivery.kind === "claim")
    .map(({ state }) => state);
};
const events = async (accident: Accident, type: string) =>
  (await house.ctx.accidents.get(accident.id)).events.filter((event) => event.type === type);

/** The command's exit code and what it printed. */
async function command(...words: string[]) {
  let printed = "";
  const code = await deliveriesCommand(house.ctx, words, (text) => {
    printed += text;
  });
  return { code, printed };
}

describe("claims on their way", () => {
  it("go to each party's insurer once, signed, as the schema says, and the accident knows", async () => {
    const accident = await house.conclude();
    await house.jobs.settle();
    const [a, b] = received(accident);
    assert.deepEqual([a?.code, b?.code, a?.deliveries, b?.deliveries], ["PICC", "PAIC", 1, 1]);
    for (const claim of [a, b]) {
      assert.deepEqual(claimFaults(claim?.body ?? ""), []);
      assert.match(claim?.headers["webhook-signature"] ?? "", /^v1,/);
      assert.match(claim?.id ?? "", /^[A-Za-z0-9_-]{1,64}$/);
    }
    const after = await house.ctx.accidents.get(accident.id);
    assert.equal(claimOf(after).insurerClaimNo, `PICC-${claimOf(after).ref}`);
    assert.equal((await events(accident, "claim-submitted")).length, 2);
    assert.equal((await events(accident, "claim-delivered")).length, 2);
    assert.equal(house.insurers.refused(), 0);
  });

  it("are two even at the same insurer, in order", async () => {
    const accident = await house.conclude({ insurers: { A: "PICC", B: "PICC" } });
    await house.jobs.settle();
    assert.deepEqual(
      received(accident).map((claim) => claim?.deliveries),
      [1, 1],
    );
    const order = house.insurers
      .inbox("PICC")
      .map(({ ref }) => ref)
      .filter((ref) => ref.startsWith(accident.number));
    assert.deepEqual(order.reverse(), [`${accident.number}-A`, `${accident.number}-B`]);
  });

  it("do not go out for who refused, and both drivers are told whom to call", async () => {
    const accident = await house.conclude({ forwarding: { A: true, B: false }, insurers: { A: "other", B: "PAIC" } });
    assert.equal(accident.claims.length, 0);
    const told = await house.notices(accident.id);
    assert.deepEqual(
      told.map(({ code, to, params }) => [code, to, params.hotline]),
      [
        ["claim-call-insurer", `${accident.id}-A`, ""],
        ["claim-call-other", `${accident.id}-B`, ""],
      ],
    );
  });

  it("tell who bears nothing under which number the other's insurer has it, from its first answer that gives one", async () => {
    house.insurers.setMode("PICC", { kind: "body", body: '{"accepted":true}', contentType: "application/json" });
    const accident = await house.conclude();
    await house.jobs.settle();
    assert.deepEqual(await house.notices(accident.id), []);
    for (const status of ["accepted", "assessed"]) {
      await house.insurers.sendStatus("PICC", claimOf(accident).ref, { status });
    }
    assert.deepEqual(
      (await house.notices(accident.id)).map(({ code, to, params }) => [code, to.slice(-1), params.claimNo]),
      [
        ["claim-accepted", "A", ` PICC-${claimOf(accident).ref}`],
        ["claim-number", "B", `PICC-${claimOf(accident).ref}`],
        ["claim-assessed", "A", ` PICC-${claimOf(accident).ref}`],
      ],
    );
  });

  it("reach an insurer whose answer was lost again, and have their effect once", async () => {
    house.insurers.setMode("PICC", { kind: "ack-lost" }, 1);
    const accident = await house.conclude();
    await house.jobs.settle();
    assert.deepEqual(await stateOf(accident), ["pending"]);
    house.clock.advance(2 * MINUTE_MS);
    await house.jobs.settle();
    assert.equal(received(accident)[0]?.deliveries, 2);
    assert.equal(house.insurers.inbox("PICC").filter(({ ref }) => ref === claimOf(accident).ref).length, 1);
    assert.equal((await events(accident, "claim-delivered")).length, 2);
  });

  it("come again when the worker is killed between the post and the note of it, and have their effect once", async () => {
    const { ctx } = await house.another();
    const accident = await house.conclude({ insurers: { A: "PICC", B: "PICC" } });
    for (const box of await ctx.accidents.listOutbox(10)) await ctx.deliveries.upsertFromOutbox(box);
    const leased = await ctx.deliveries.claimDue({ kind: "claim", leaseMs: MINUTE_MS });
    assert.ok(leased);
    const body = await ctx.accidents.openBody(accident.id, leased._id, leased.sealed);
    assert.equal((await ctx.insurers.post("PICC", { id: leased._id, body })).kind, "delivered");
    await house.jobs.settle();
    assert.equal(received(accident)[1], null, "B waits behind A");
    house.clock.advance(MINUTE_MS);
    await house.jobs.settle();
    assert.deepEqual(
      received(accident).map((claim) => claim?.deliveries),
      [2, 1],
    );
    assert.equal((await events(accident, "claim-delivered")).length, 2);
    assert.equal(
      await ctx.deliveries.complete(leased, { n: 1, at: house.clock.now(), ms: 1, code: "late", head: "" }),
      false,
    );
  });

  it("are not posted again when only the note of the end is missing", async () => {
    const accident = await house.conclude();
    await house.jobs.settle();
    const { ref } = claimOf(accident);
    const arrivals = house.insurers.arrivals("PICC").length;
    const input = {
      accidentId: accident.id,
      deliveryId: "x",
      insurerCode: "PICC",
      body: received(accident)[0]?.body ?? "",
      attempts: 1,
    };
    const verdict = await deliverClaim(house.ctx, { ...input, mayPost: () => true });
    assert.deepEqual([verdict.to, verdict.code], ["done", "delivered-before"]);
    assert.equal(house.insurers.arrivals("PICC").length, arrivals);
    assert.equal((await events(accident, "claim-delivered")).filter(({ data }) => data.ref === ref).length, 1);
  });

  it("are not posted when little of the lease is left", async () => {
    const accident = await house.conclude();
    const body = JSON.stringify({ data: { claimRef: claimOf(accident).ref } });
    const input = { accidentId: accident.id, deliveryId: "x", insurerCode: "PICC", body, attempts: 1 };
    const arrivals = house.insurers.arrivals().length;
    const verdict = await deliverClaim(house.ctx, { ...input, mayPost: () => false });
    assert.equal(verdict.to, "postpone");
    assert.equal(house.insurers.arrivals().length, arrivals);
  });

  it("are shared by two processes without one going twice", async () => {
    const other = await house.another();
    const accidents: Accident[] = [];
    for (let n = 0; n < 12; n++) accidents.push(await house.conclude());
    await Promise.all([house.jobs.settle(), other.jobs.settle()]);
    await house.jobs.settle();
    const deliveries = accidents.flatMap((accident) => received(accident).map((claim) => claim?.deliveries));
    assert.deepEqual(deliveries, Array(24).fill(1));
  });
});

describe("an insurer that fails", () => {
  it("gets everything in order once he is back, and others do not wait for him", async () => {
    house.insurers.setMode("PICC", { kind: "down" });
    const accident = await house.conclude({ insurers: { A: "PICC", B: "PICC" } });
    const elsewhere = await house.conclude({ insurers: { A: "PAIC", B: "PAIC" } });
    await house.jobs.settle();
    assert.deepEqual(received(accident), [null, null]);
    assert.deepEqual(
      received(elsewhere).map((claim) => claim?.deliveries),
      [1, 1],
    );
    for (let n = 0; n < 4; n++) {
      house.clock.advance(60 * MINUTE_MS);
      await house.jobs.settle();
    }
    house.insurers.setMode("PICC", { kind: "normal" });
    house.clock.advance(6 * 60 * MINUTE_MS);
    await house.jobs.settle();
    assert.deepEqual(
      received(accident).map((claim) => claim?.deliveries),
      [1, 1],
    );
    const tried = house.insurers
      .arrivals("PICC")
      .filter(({ id }) => id.startsWith(accident.id))
      .map(({ id }) => id);
    assert.equal(tried.indexOf(received(accident)[1]?.id ?? ""), tried.length - 1, "B went once, last");
  });

  it("is left alone for as long as he asks", async () => {
    house.insurers.setMode("PICC", { kind: "status", status: 429, retryAfter: "600" }, 1);
    const accident = await house.conclude();
    await house.jobs.settle();
    house.clock.advance(599_000);
    await house.jobs.settle();
    assert.equal(received(accident)[0], null);
    house.clock.advance(1_000);
    await house.jobs.settle();
    assert.equal(received(accident)[0]?.deliveries, 1);
  });

  it("and refuses our signature holds the claim, at once and without burning attempts, until it is sent again", async () => {
    house.insurers.setMode("PICC", { kind: "status", status: 401 });
    const accident = await house.conclude();
    await house.jobs.settle();
    house.clock.advance(DAY_MS);
    await house.jobs.settle();
    assert.deepEqual(await stateOf(accident), ["held"]);
    assert.equal(house.insurers.arrivals("PICC").filter(({ id }) => id.startsWith(accident.id)).length, 1);
    assert.ok(house.lines.some((line) => line.includes("claim.held") && line.includes("http-401")));
    house.insurers.setMode("PICC", { kind: "normal" });
    const { code, printed } = await command("resend", "--all");
    assert.equal(code, 0);
    assert.match(printed, /due again/);
    await house.jobs.settle();
    assert.equal(received(accident)[0]?.deliveries, 1);
    assert.equal((await events(accident, "claim-resent")).length, 1);
  });

  it("and refuses the data leaves it to a person, tells the driver once, and takes it when it is sent again", async () => {
    house.insurers.setMode("PICC", { kind: "error-in-200", code: "policy_not_found" });
    const accident = await house.conclude();
    await house.jobs.settle();
    assert.deepEqual(await stateOf(accident), ["dead"]);
    const given = await events(accident, "claim-undeliverable");
    assert.deepEqual(
      given.map(({ data }) => data),
      [{ ref: claimOf(accident).ref, code: "body-policy_not_found" }],
    );
    const id =
      (await house.ctx.deliveries.listUndelivered(100)).find((delivery) => delivery.accidentId === accident.id)?._id ??
      "";
    const listed = await command("list");
    assert.equal(listed.code, 0);
    assert.match(listed.printed, new RegExp(`${id}\tclaim\tPICC\tdead\tattempts=1\tlast=body-policy_not_found`));
    assert.match(listed.printed, /\d+ undelivered\n$/);
    await command("resend", id);
    await house.jobs.settle();
    assert.equal((await events(accident, "claim-undeliverable")).length, 2);
    house.insurers.setMode("PICC", { kind: "normal" });
    assert.deepEqual(await command("resend", id), { code: 0, printed: `${id}\tdue again\n` });
    await house.jobs.settle();
    assert.equal(received(accident)[0]?.deliveries, 1);
    assert.deepEqual(await command("resend", id), { code: 1, printed: `${id}\tdone or on its way\n` });
  });

  it("for a day, or is held for so long, is an error once, and who waits for it is told once to call", async () => {
    const from = house.lines.length;
    house.insurers.setMode("PICC", { kind: "status", status: 503 });
    house.insurers.setMode("PAIC", { kind: "status", status: 403 });
    const accident = await house.conclude();
    const elsewhere = await house.conclude({ insurers: { A: "CPIC", B: "CPIC" } });
    for (let hours = 0; hours < 23; hours++) {
      await house.jobs.settle();
      house.clock.advance(60 * MINUTE_MS);
    }
    assert.equal((await events(accident, "claim-delayed")).length, 0);
    const warned = house.lines.slice(from).filter((line) => line.includes("claim.still-not-taken"));
    assert.equal(warned.length, 1);
    house.clock.advance(60 * MINUTE_MS);
    assert.equal(await tellLateClaims(house.ctx), 2);
    const told = await house.notices(accident.id);
    assert.deepEqual(told.map(({ code, to, params }) => [code, to, params.hotline]).sort(), [
      ["claim-call-other", `${accident.id}-B`, " 95518"],
      ["claim-delayed", `${accident.id}-A`, " 95518"],
    ]);
    for (let days = 0; days <= RETRY_SCHEDULE_S.length; days++) {
      await house.jobs.settle();
      house.clock.advance(1.2 * DAY_MS);
    }
    assert.deepEqual((await stateOf(accident)).sort(), ["dead", "held"]);
    assert.equal((await events(accident, "claim-delayed")).length, 2);
    assert.equal((await events(elsewhere, "claim-delayed")).length, 0);
    const errors = house.lines.slice(from).filter((line) => line.includes('"claim.late"'));
    assert.deepEqual(errors.map((line) => JSON.parse(line).insurer).sort(), ["PAIC", "PICC"]);
    house.insurers.setMode("PICC", { kind: "normal" });
    house.insurers.setMode("PAIC", { kind: "normal" });
    await command("resend", "--all");
    await house.jobs.settle();
    assert.deepEqual(
      received(accident).map((claim) => claim?.deliveries),
      [1, 1],
    );
  });

  it("for more than three days is given up, and the driver is told to call", async () => {
    house.insurers.setMode("PICC", { kind: "status", status: 503 });
    const accident = await house.conclude();
    for (let n = 0; n <= RETRY_SCHEDULE_S.length; n++) {
      await house.jobs.settle();
      house.clock.advance(1.2 * DAY_MS);
    }
    assert.deepEqual(await stateOf(accident), ["dead"]);
    const tried = house.insurers.arrivals("PICC").filter(({ id }) => id.startsWith(accident.id));
    assert.equal(tried.length, RETRY_SCHEDULE_S.length);
    assert.equal((await events(accident, "claim-undeliverable")).length, 1);
  });
});

describe("a job that is poison", () => {
  it("goes aside after its last try, with an error in the log, and what is behind it goes on", async () => {
    const accident = await house.conclude();
    await house.ctx.accidents.change(accident.id, (current) => ({
      accident: current,
      events: [],
      outbox: [{ kind: "photo", target: accident.id, body: "not what the job expects" }],
    }));
    for (let n = 0; n < 10; n++) {
      await house.jobs.settle();
      house.clock.advance(1.2 * DAY_MS);
    }
    const dead = (await house.ctx.deliveries.listUndelivered(1_000)).find(
      (d) => d.accidentId === accident.id && d.kind === "photo",
    );
    assert.deepEqual([dead?.state, dead?.attempts, dead?.log.at(-1)?.code], ["dead", 7, "SyntaxError"]);
    assert.ok(house.lines.some((line) => line.includes("jobs.dead") && line.includes(dead?._id ?? "?")));
    assert.equal(received(accident)[0]?.deliveries, 1);
  });

  it("is given up when it ends the process each time, before it can say so", async () => {
    const accident = await house.conclude();
    for (const box of await house.ctx.accidents.listOutbox(10)) await house.ctx.deliveries.upsertFromOutbox(box);
    for (let n = 0; n < 2 * RETRY_SCHEDULE_S.length; n++) {
      assert.ok(await house.ctx.deliveries.claimDue({ kind: "claim", leaseMs: MINUTE_MS }));
      if (n % 2 === 1) house.clock.advance(MINUTE_MS);
    }
    await house.jobs.settle();
    assert.deepEqual(await stateOf(accident), ["dead", "dead"]);
    assert.deepEqual(received(accident), [null, null]);
    assert.equal((await events(accident, "claim-undeliverable")).length, 2);
  });
});

describe("the jobs by themselves", () => {
  it("wake up for a new claim, and stop only when what runs is finished", async () => {
    const { ctx, jobs } = await house.another();
    house.insurers.setMode("PICC", { kind: "slow", delayMs: 300 });
    jobs.start();
    const accident = await house.conclude();
    ctx.wake();
    while (house.insurers.arrivals("PICC").every(({ id }) => !id.startsWith(accident.id)))
      await new Promise(setImmediate);
    await jobs.stop();
    assert.equal(received(accident)[0]?.deliveries, 1);
    assert.ok(!(await stateOf(accident)).includes("inflight"));
  });

  it("say how they are used when the command is not understood", async () => {
    for (const words of [[], ["list", "x"], ["resend"], ["remove", "x"]]) {
      const { code, printed } = await command(...words);
      assert.equal(code, 2);
      assert.match(printed, /^usage:/);
    }
    assert.deepEqual(await command("resend", "nothing"), { code: 1, printed: "nothing\tdelivery-unknown\n" });
  });
});
