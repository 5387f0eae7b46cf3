import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, describe, it } from "node:test";
import type { Accident, OutboxEntry } from "../../src/domain/accident.ts";
import type { ClaimMessage } from "../../src/domain/claim-message.ts";
import { claimsToSubmit } from "../../src/domain/claim-submission.ts";
import { wireOf } from "../../src/domain/claim-version-1.ts";
import { deliveriesCommand } from "../../src/jobs/deliveries-command.ts";
import { claimFaults } from "../support/claim-schemas.ts";
import { type ClaimsHouse, openClaimsHouse } from "../support/claims-house.ts";
import { concludedAccident } from "../support/concluded-accident.ts";
import { closeDatabase } from "../support/database.ts";

/** What PICC reads; a change is what a restart with other settings makes. */
let version: 1 | 2 = 1;
let house: ClaimsHouse;

before(async () => {
  house = await openClaimsHouse(({ insurers }) => ({
    insurers: insurers.map((insurer) => {
      if (insurer.code !== "PICC") return insurer;
      return Object.defineProperty({ ...insurer }, "schemaVersion", { get: () => version, enumerable: true });
    }),
  }));
});
afterEach(async () => {
  house.insurers.setMode("PICC", { kind: "normal" });
  version = 1;
  await house.jobs.settle();
});
after(async () => {
  await house.close();
  await closeDatabase();
});

let count = 0;

/** Both drivers at PICC have signed; A's claim is put into the outbox as `written` says. */
async function conclude(written: (body: string) => string = (body) => body): Promise<Accident> {
  const { ctx, clock } = house;
  const id = randomBytes(16).toString("base64url");
  const number = `KC20261103-${String(++count).padStart(6, "0")}`;
  const draft = concludedAccident({ id, number, at: clock.now(), forwarding: { A: true, B: false } });
  await ctx.accidents.create(draft, [{ type: "accident-opened", by: "A", data: {} }]);
  return ctx.accidents.change(id, (accident) => {
    const { claims, events, outbox } = claimsToSubmit(ctx, accident);
    const entries = outbox.map(
      (entry): OutboxEntry => (entry.kind === "claim" ? { ...entry, body: written(entry.body) } : entry),
    );
    return { accident: { ...accident, claims }, events, outbox: entries };
  });
}

const said = (change: (data: ClaimMessage["data"]) => object) => (body: string) => {
  const message = JSON.parse(body) as ClaimMessage;
  return JSON.stringify({ ...message, data: change(message.data) });
};
const refOf = ({ claims }: Accident): string => claims[0]?.ref ?? "";
const received = (accident: Accident) => house.insurers.find(refOf(accident));
const versionOf = (body: string | undefined) => (JSON.parse(body ?? "{}") as { schemaVersion?: string }).schemaVersion;
const arrivals = ({ id }: Accident) => house.insurers.arrivals("PICC").filter((one) => one.id.startsWith(id)).length;

async function command(...words: string[]): Promise<string> {
  let printed = "";
  await deliveriesCommand(house.ctx, words, (text) => {
    printed += text;
  });
  return printed;
}

describe("an insurer at version 1", () => {
  it("gets 1.0, and at version 2 the next claim as 2.0", async () => {
    const before = await conclude();
    await house.jobs.settle();
    version = 2;
    const next = await conclude();
    await house.jobs.settle();
    assert.deepEqual([versionOf(received(before)?.body), versionOf(received(next)?.body)], ["1.0", "2.0"]);
    for (const accident of [before, next]) assert.deepEqual(claimFaults(received(accident)?.body ?? ""), []);
  });

  it("is sent nothing that 1.0 cannot say: it waits for a person, who is told why, until version 2 is read", async () => {
    const accident = await conclude(
      said((data) => ({ ...data, liability: { ...data.liability, basis: "stated" }, role: "information" })),
    );
    await house.jobs.settle();
    house.clock.advance(3600_000);
    await house.jobs.settle();
    assert.equal(arrivals(accident), 0);
    const line = (await command("list")).split("\n").find((one) => one.startsWith(accident.id)) ?? "";
    assert.match(line, /\tclaim\tPICC\theld\tattempts=0\tlast=needs-schema-version-2\t.*\trole basis$/);
    const readyz = (await (await fetch(`${house.url}/readyz`)).json()) as { heldClaims: number };
    assert.equal(readyz.heldClaims, 1);
    assert.ok(house.lines.some((one) => one.includes("claim.held") && one.includes("needs-schema-version-2")));

    await command("resend", "--all");
    await house.jobs.settle();
    assert.equal(arrivals(accident), 0, "still at version 1: held again");

    version = 2;
    await command("resend", "--all");
    await house.jobs.settle();
    assert.equal(arrivals(accident), 1);
    assert.equal(versionOf(received(accident)?.body), "2.0");
    assert.deepEqual(claimFaults(received(accident)?.body ?? ""), []);
    assert.equal(((await (await fetch(`${house.url}/readyz`)).json()) as { heldClaims: number }).heldClaims, 0);
  });
});

describe("a correction for an insurer at version 1", () => {
  it("waits for a person; its driver is told once to hand it in", async () => {
    const replaces = { revision: 1, submittedAt: "2026-11-03T12:00:00+08:00", reason: "determination" };
    const accident = await conclude(said((data) => ({ ...data, revision: 2, replaces })));
    await house.jobs.settle();
    await command("resend", "--all");
    await house.jobs.settle();
    assert.equal(arrivals(accident), 0);
    const { events } = await house.ctx.accidents.get(accident.id);
    const told = events.filter(({ type }) => type === "claim-delayed").map(({ data }) => data);
    assert.deepEqual(told, [{ ref: refOf(accident), revision: 2 }]);
    version = 2;
    await command("resend", "--all");
    await house.jobs.settle();
    assert.equal(arrivals(accident), 1);
  });
});

describe("a claim that was on its way when the version changed", () => {
  for (const [from, to] of [
    [1, 2],
    [2, 1],
  ] as const) {
    it(`from ${from} to ${to} goes under the same id, takes effect once, and is valid`, async () => {
      version = from;
      house.insurers.setMode("PICC", { kind: "down" }, 1);
      const accident = await conclude();
      await house.jobs.settle();
      assert.equal(received(accident), null);
      version = to;
      house.clock.advance(60_000);
      await house.jobs.settle();
      assert.deepEqual([received(accident)?.deliveries, arrivals(accident)], [1, 2]);
      assert.equal(versionOf(received(accident)?.body), `${to}.0`);
      assert.deepEqual(claimFaults(received(accident)?.body ?? ""), []);
    });
  }

  it("and was written as 1.0, by the software of before, goes as it was written, once", async () => {
    let old = "";
    const accident = await conclude((body) => {
      const wire = wireOf(body, 1);
      assert.ok("body" in wire);
      old = wire.body;
      return old;
    });
    version = 2;
    await house.jobs.settle();
    await house.jobs.settle();
    assert.deepEqual([received(accident)?.body, received(accident)?.deliveries], [old, 1]);
    assert.deepEqual(claimFaults(old), []);
  });
});

describe("a correction of a claim", () => {
  it("goes although the claim itself has arrived, and once", async () => {
    version = 2;
    const accident = await conclude();
    await house.jobs.settle();
    const first = received(accident);
    assert.ok(first);
    const correction = said((data) => ({
      ...data,
      revision: 2,
      replaces: { revision: 1, submittedAt: data.submittedAt, reason: "correction" },
    }))(first.body);
    for (let time = 0; time < 2; time++) {
      await house.ctx.accidents.change(accident.id, (current) => ({
        accident: current,
        events: [],
        outbox: [{ kind: "claim", target: "PICC", body: correction }],
      }));
      await house.jobs.settle();
    }
    assert.equal(arrivals(accident), 2);
    assert.ok(house.insurers.inbox("PICC").some(({ body }) => body === correction));
    const { events } = await house.ctx.accidents.get(accident.id);
    const delivered = events.filter(({ type }) => type === "claim-delivered").map(({ data }) => data);
    assert.deepEqual(delivered, [{ ref: refOf(accident) }, { ref: refOf(accident), revision: 2 }]);
  });
});
