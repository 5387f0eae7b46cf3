import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createHub, LOOK_MS } from "../../src/live/hub.ts";
import { standingClock } from "../support/clocks.ts";

function hubOf() {
  const clock = standingClock();
  const marks = new Map<string, string>();
  const looks: string[][] = [];
  const warned: string[] = [];
  let isAway = false;
  const hub = createHub({
    looks: {
      case: async (ids) => {
        looks.push(ids);
        if (isAway) throw Object.assign(new Error("away"), { code: "away" });
        return new Map(ids.flatMap((id) => (marks.has(id) ? [[id, marks.get(id) as string]] : [])));
      },
    },
    timer: clock,
    log: { warn: (_fields: object, event: string) => void warned.push(event) } as never,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    hub,
    marks,
    looks,
    warned,
    away: (is: boolean) => {
      isAway = is;
    },
    async round() {
      clock.advance(LOOK_MS);
      await settle();
    },
    settle,
  };
}

describe("the hub", () => {
  it("looks within a second, and not at all while no page is open", async () => {
    assert.ok(LOOK_MS <= 1000);
    const { hub, looks, round } = hubOf();
    await round();
    hub.ring("case/a");
    await round();
    assert.deepEqual(looks, []);
    const leave = hub.subscribe("case/a", "1", () => {});
    await round();
    assert.deepEqual(looks, [["a"]]);
    leave();
    await round();
    await round();
    assert.equal(looks.length, 1);
  });

  it("asks once a round for all open pages, of one case or of many", async () => {
    const { hub, looks, round } = hubOf();
    for (let n = 0; n < 50; n++) hub.subscribe(`case/${n % 25}`, "1", () => {});
    for (let n = 0; n < 3; n++) await round();
    assert.deepEqual(
      looks.map((ids) => ids.length),
      [25, 25, 25],
    );
  });

  it("tells each subscriber once of what is new to it", async () => {
    const { hub, marks, round } = hubOf();
    marks.set("a", "2");
    const told: string[] = [];
    hub.subscribe("case/a", "1", () => told.push("old"));
    hub.subscribe("case/a", "2", () => told.push("new"));
    await round();
    assert.deepEqual(told, ["old"]);
    await round();
    marks.set("a", "3");
    await round();
    assert.deepEqual(told, ["old", "old", "new"]);
  });

  it("looks at once where this process has changed something, at that alone", async () => {
    const { hub, marks, looks, settle } = hubOf();
    let told = 0;
    for (const id of ["a", "b"]) hub.subscribe(`case/${id}`, "1", () => told++);
    marks.set("a", "2");
    hub.ring("case/a");
    await settle();
    assert.deepEqual([looks, told], [[["a"]], 1]);
  });

  it("goes on after looks that fail, and says so once", async () => {
    const { hub, marks, warned, away, round } = hubOf();
    let told = 0;
    hub.subscribe("case/a", "1", () => told++);
    away(true);
    await round();
    await round();
    assert.deepEqual(warned, ["live.look-failed"]);
    away(false);
    marks.set("a", "2");
    await round();
    assert.equal(told, 1);
  });
});
