import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Accident } from "../../src/domain/accident.ts";
import type { Mode } from "../../src/simulator/insurer/modes.ts";
import { type ClaimsHouse, openClaimsHouse } from "../support/claims-house.ts";
import { closeDatabase } from "../support/database.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PLACES = 4;
/** Cases whose two claims wait at the insurer in trouble: more than it has places. */
const STUCK = 8;
/** minutes for which a wrong clock lasts: longer than the first three waits of a claim that is sent again */
const ROUNDS = 12;
let insurersAheadMs = 0;
let house: ClaimsHouse;

before(async () => {
  house = await openClaimsHouse(() => ({}), { insurersAheadMs: () => insurersAheadMs });
});
afterEach(async () => {
  house.insurers.setMode("PICC", { kind: "normal" });
  insurersAheadMs = 0;
  house.clock.advance(MINUTE_MS);
  await house.jobs.settle();
});
after(async () => {
  await house.close();
  await closeDatabase();
});

async function concludeAt(insurer: string, count: number): Promise<Accident[]> {
  const accidents: Accident[] = [];
  for (let n = 0; n < count; n++) accidents.push(await house.conclude({ insurers: { A: insurer, B: insurer } }));
  return accidents;
}
const received = (accidents: Accident[]) =>
  accidents.flatMap(({ claims }) => claims.map(({ ref }) => house.insurers.find(ref)?.deliveries ?? 0));
const arrivedOf = (accidents: Accident[]) =>
  house.insurers.arrivals("PICC").filter(({ id }) => accidents.some((accident) => id.startsWith(accident.id))).length;
const claimsIn = async (accidents: Accident[]) =>
  (await house.ctx.deliveries.listUndelivered(1_000)).filter(
    ({ kind, accidentId }) => kind === "claim" && accidents.some(({ id }) => id === accidentId),
  );
const said = (from: number, event: string) => house.lines.slice(from).filter((line) => line.includes(`"${event}"`));
const readyz = async () => (await (await fetch(`${house.url}/readyz`)).json()) as Record<string, unknown>;

/** Until it holds: what is waited for comes by itself. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

describe("an insurer in trouble", () => {
  const troubles: [string, Mode, number][] = [
    ["is silent", { kind: "silent" }, PLACES],
    ["answers one byte at a time, without end", { kind: "drip" }, PLACES],
    ["breaks every connection", { kind: "down" }, PLACES],
    ["answers 503", { kind: "status", status: 503 }, 2 * STUCK],
    ["sends us elsewhere", { kind: "status", status: 302, location: "http://127.0.0.1:1/" }, 2 * STUCK],
  ];
  for (const [name, mode, most] of troubles) {
    it(`that ${name} holds up nobody else's claims, though its own have waited longer`, async () => {
      const { ctx, jobs } = await house.another();
      house.insurers.setMode("PICC", mode);
      const stuck = await concludeAt("PICC", STUCK);
      house.clock.advance(1_000);
      const others = [...(await concludeAt("PAIC", 2)), ...(await concludeAt("CPIC", 2))];
      jobs.start();
      ctx.wake();
      await until(() => received(others).every((deliveries) => deliveries === 1));
      assert.ok(arrivedOf(stuck) <= most, `${arrivedOf(stuck)} posts in the meantime`);
      assert.ok(received(stuck).every((deliveries) => deliveries === 0));
      house.insurers.setMode("PICC", { kind: "normal" });
      // the posts in hand run out of time: else the stop waits for them
      house.clock.advance(MINUTE_MS);
      await jobs.stop();
      for (const { _id, state } of await claimsIn(stuck)) if (state === "held") await ctx.deliveries.resend(_id);
      for (let n = 0; n < 3; n++) {
        house.clock.advance(MINUTE_MS);
        await house.jobs.settle();
      }
      assert.deepEqual(received(stuck), Array(2 * STUCK).fill(1));
    });
  }

  it("for a week costs no claim its attempts: one a minute probes, and the first that arrives brings the others", async () => {
    const from = house.lines.length;
    house.insurers.setMode("PICC", { kind: "down" });
    const stuck = await concludeAt("PICC", 6);
    await house.jobs.settle();
    const first = arrivedOf(stuck);
    await house.jobs.settle();
    assert.equal(arrivedOf(stuck), first, "the circuit is open");
    assert.match(
      String((await readyz()).insurers && JSON.stringify((await readyz()).insurers)),
      /^{"PICC":"open since /,
    );
    house.clock.advance(MINUTE_MS);
    await house.jobs.settle();
    assert.equal(arrivedOf(stuck), first + 1, "one probe");
    for (let n = 0; n < 7 * 6; n++) {
      house.clock.advance(4 * HOUR_MS);
      await house.jobs.settle();
    }
    const waiting = await claimsIn(stuck);
    assert.deepEqual(new Set(waiting.map(({ state }) => state)), new Set(["pending"]));
    assert.ok(waiting.every(({ attempts }) => attempts <= 2));
    assert.equal(said(from, "insurers.circuit-opened").length, 1);
    assert.ok(said(from, "insurers.still-open").length >= 7 * 3, "said again and again");
    house.insurers.setMode("PICC", { kind: "normal" });
    house.clock.advance(MINUTE_MS);
    await house.jobs.settle();
    house.clock.advance(MINUTE_MS);
    await house.jobs.settle();
    assert.deepEqual(received(stuck), Array(12).fill(1));
    assert.equal(said(from, "insurers.circuit-closed").length, 1);
    assert.deepEqual((await readyz()).insurers, {});
  });

  it("that answers 200 without taking the claim leaves it to a person, and takes it when it is sent again", async () => {
    house.insurers.setMode("PICC", { kind: "body", contentType: "text/html", body: "<html>登录</html>" });
    const accidents = await concludeAt("PICC", 1);
    await house.jobs.settle();
    const held = (await claimsIn(accidents)).find(({ state }) => state === "held");
    assert.equal(held?.log.at(-1)?.code, "answer-html");
    house.insurers.setMode("PICC", { kind: "normal" });
    assert.equal(await house.ctx.deliveries.resend(held?._id ?? ""), true);
    await house.jobs.settle();
    assert.deepEqual(received(accidents), [1, 1]);
  });
});

describe("a clock that is an hour off", () => {
  for (const hours of [1, -1]) {
    it(`(${hours} h) leaves no claim in a person's hands: all go by themselves when it is right again`, async () => {
      const from = house.lines.length;
      insurersAheadMs = hours * HOUR_MS;
      const accidents = [...(await concludeAt("PICC", 5)), ...(await concludeAt("PAIC", 5))];
      for (let n = 0; n < ROUNDS; n++) {
        await house.jobs.settle();
        house.clock.advance(MINUTE_MS);
      }
      const waiting = await claimsIn(accidents);
      assert.deepEqual(
        waiting.map(({ state, attempts }) => [state, attempts]),
        Array(20).fill(["pending", 0]),
      );
      const errors = said(from, "insurers.clock-differs").map((line) => JSON.parse(line));
      assert.deepEqual(
        errors.map(({ level, insurer, differenceS }) => [level, insurer, differenceS]),
        [
          ["error", "PAIC", -hours * 3600],
          ["error", "PICC", -hours * 3600],
        ],
      );
      assert.match(
        JSON.stringify((await readyz()).insurers),
        /"PICC":"open since [^"]+: our clock differs by -?3600 s"/,
      );
      insurersAheadMs = 0;
      house.clock.advance(MINUTE_MS);
      await house.jobs.settle();
      assert.deepEqual(received(accidents), Array(20).fill(1));
      assert.ok(!said(from, "claim.held").length);
    });
  }
});
