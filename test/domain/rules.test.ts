import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Accident } from "../../src/domain/accident.ts";
import { type EligibilityAnswer, endOf } from "../../src/domain/eligibility.ts";
import { compareStatements, liabilityOf } from "../../src/domain/liability.ts";
import { Invalid } from "../../src/errors.ts";
import { cityRules, opened, readyToSign, statement, withParty } from "./accident-builder.ts";

const { catalogue, conditions } = await cityRules();

describe("may they settle it themselves", () => {
  const ENDS: Record<string, string> = {
    hurt: "hold-scene",
    "cannot-move": "hold-scene",
    expressway: "expressway",
    "owner-absent": "owner-absent",
    "somebody-left": "hold-scene",
    "drink-or-drugs": "hold-scene",
    "no-licence": "hold-scene",
    "no-plate": "hold-scene",
    "on-purpose": "hold-scene",
    "overloaded-carrier": "hold-scene",
    "dangerous-goods": "call-now",
    installation: "move-then-call",
    "overloaded-freight": "move-then-call",
    "no-inspection-or-insurance": "move-then-call",
  };
  const ask = (vehicles: EligibilityAnswer["vehicles"], ...ids: string[]) =>
    endOf({ vehicles, conditions: ids }, conditions);

  it("the table names every condition", () => {
    assert.deepEqual(conditions.map(({ id }) => id).sort(), Object.keys(ENDS).sort());
  });
  for (const [id, end] of Object.entries(ENDS)) {
    it(`${id} leads to ${end}, whatever the number of vehicles`, () => {
      for (const vehicles of ["one", "two", "more", "non-motor"] as const) assert.equal(ask(vehicles, id), end);
    });
  }

  const byVehicles: [EligibilityAnswer["vehicles"], string | null][] = [
    ["two", null],
    ["one", "single-vehicle"],
    ["more", "not-two-cars"],
    ["non-motor", "not-two-cars"],
  ];
  for (const [vehicles, end] of byVehicles) {
    it(`none of these, ${vehicles}: ${end ?? "yes"}`, () => assert.equal(ask(vehicles), end));
  }

  const several: [string[], string][] = [
    [["installation", "hurt"], "hold-scene"],
    [["hurt", "dangerous-goods"], "call-now"],
    [["no-inspection-or-insurance", "dangerous-goods", "no-plate"], "call-now"],
    [["no-inspection-or-insurance", "installation"], "move-then-call"],
    [["installation", "cannot-move"], "hold-scene"],
    [["installation", "expressway", "owner-absent"], "expressway"],
    [["expressway", "hurt"], "hold-scene"],
    [Object.keys(ENDS), "call-now"],
  ];
  for (const [ids, end] of several) {
    it(`of ${ids.join(" + ")} the gravest counts: ${end}`, () => assert.equal(ask("two", ...ids), end));
  }

  it("a condition that nobody knows never counts as none of these", () => {
    assert.throws(() => ask("two", "nonsense"), Invalid);
  });

  it("the articles are those that demand the outcome", () => {
    const ARTICLE = {
      "hold-scene": "第十三条",
      "move-then-call": "第十四条",
      "call-now": "第十五条",
      expressway: "《道路交通安全法》第六十八条",
      "owner-absent": "《道路交通安全法》第七十条第一款",
    };
    // no article sends an overloaded lorry anywhere: the city's police do
    const byCity: Record<string, string> = { "overloaded-freight": "《道路交通安全法》第四十八条" };
    for (const { id, outcome, legalBasis } of conditions)
      assert.ok(legalBasis[0]?.includes(byCity[id] ?? ARTICLE[outcome]), id);
  });
});

const degreesOf = (a: string, b: string) => {
  const liability = liabilityOf(a, b, catalogue);
  return liability.kind === "settled" ? [liability.degrees.A, liability.degrees.B].join("/") : liability;
};
const acts = catalogue.acts.filter(({ id, settledHere }) => id !== "none" && settledHere).map(({ id }) => id);
const isIn = (pairs: [string, string][], a: string, b: string) =>
  pairs.some(([x, y]) => [x + y, y + x].includes(a + b));
const notHereAs = (a: string, b: string) =>
  isIn(catalogue.contradictory, a, b) ? "contradiction" : isIn(catalogue.notEqual, a, b) ? "unequal-pair" : null;

describe("who is liable", () => {
  it("the catalogue has its acts for drivers, those for an officer, none and other", () => {
    assert.equal(acts.length, 31);
    const forOfficers = catalogue.acts.filter((act) => !act.settledHere).map(({ id }) => id);
    assert.deepEqual(forOfficers.sort(), ["QS-13", "QS-27", "QS-35", "QS-36", "QS-37", "QS-99"]);
    assert.deepEqual(
      catalogue.acts.slice(-2).map(({ id }) => id),
      ["QS-99", "none"],
    );
    assert.ok(!acts.includes("QS-31") && !acts.includes("QS-90"));
  });

  for (const act of acts) {
    it(`${act} alone bears all of it`, () => {
      assert.equal(degreesOf(act, "none"), "full/none");
      assert.equal(degreesOf("none", act), "none/full");
    });
  }

  it("two acts bear equal liability, except the pairs that an officer has to weigh, either way round", () => {
    let equal = 0;
    for (const a of acts) {
      for (const b of acts) {
        const reason = notHereAs(a, b);
        const expected = reason ? { kind: "not-here", reason } : "equal/equal";
        assert.deepEqual(degreesOf(a, b), expected, `${a} × ${b}`);
        if (expected === "equal/equal") equal += 1;
      }
    }
    assert.ok(equal > 600, `most pairs are equal: ${equal}`);
  });

  const EQUAL: [string, string][] = [
    ["QS-02", "QS-02"], // both merge into one lane
    ["QS-04", "QS-04"], // both reverse
    ["QS-23", "QS-04"],
    ["QS-23", "QS-23"],
    ["QS-34", "QS-02"],
    ["QS-33", "QS-33"], // neither merged in turn
    ["QS-07", "QS-07"],
    ["QS-06", "QS-02"],
    ["QS-10", "QS-12"],
  ];
  for (const [a, b] of EQUAL) {
    it(`${a} with ${b}: equal`, () =>
      assert.deepEqual([degreesOf(a, b), degreesOf(b, a)], Array(2).fill("equal/equal")));
  }

  const NOT_HERE: [reason: string, act: string, others: string][] = [
    ["contradiction", "QS-01", "QS-01 QS-04 QS-05"], // from behind, or the front car came back
    ["contradiction", "QS-03", "QS-03"],
    ["contradiction", "QS-07", "QS-17 QS-18 QS-19"], // traffic lights, or none
    ["contradiction", "QS-14", "QS-14 QS-15 QS-17 QS-18 QS-19 QS-20"],
    ["contradiction", "QS-15", "QS-15 QS-17 QS-18 QS-19"],
    ["contradiction", "QS-16", "QS-16 QS-17 QS-18 QS-19"],
    ["contradiction", "QS-18", "QS-17 QS-18"], // each on the other's right
    ["contradiction", "QS-19", "QS-19 QS-20"],
    ["contradiction", "QS-30", acts.join(" ")], // a parked car does nothing
    ["unequal-pair", "QS-01", "QS-02 QS-08 QS-09 QS-22 QS-23 QS-24 QS-32 QS-33 QS-34"],
    ["unequal-pair", "QS-03", "QS-09 QS-14 QS-18 QS-19 QS-20 QS-22 QS-23 QS-24"],
    ["unequal-pair", "QS-07", "QS-02 QS-09 QS-14 QS-15 QS-16 QS-20 QS-22 QS-23 QS-24 QS-34"],
    ["unequal-pair", "QS-10", "QS-02 QS-32 QS-33 QS-34"],
    ["unequal-pair", "QS-12", "QS-02 QS-12 QS-14 QS-19 QS-34"],
    ["officer-act", "QS-13", "QS-02 none"],
    ["officer-act", "QS-27", "QS-02 none"],
    ["officer-act", "QS-35", "QS-01 none"],
    ["officer-act", "QS-36", "QS-36 none"],
    ["officer-act", "QS-37", "QS-02 none"],
  ];
  for (const [reason, act, others] of NOT_HERE) {
    for (const other of others.split(" ")) {
      it(`${act} with ${other}: ${reason}`, () => {
        assert.deepEqual(degreesOf(act, other), { kind: "not-here", reason });
        assert.deepEqual(degreesOf(other, act), { kind: "not-here", reason });
      });
    }
  }

  it("no pair stands in a list twice, nor in both, nor names an officer's act", () => {
    const { contradictory, notEqual } = catalogue;
    const all = [...contradictory, ...notEqual].map((pair) => [...pair].sort().join("×"));
    assert.deepEqual(
      all.filter((pair, at) => all.indexOf(pair) !== at),
      [],
    );
    for (const id of [...contradictory, ...notEqual].flat()) assert.ok(acts.includes(id), id);
  });

  it("nobody at fault, another situation and an act that nobody knows are not ours to decide", () => {
    assert.deepEqual(degreesOf("none", "none"), { kind: "not-here", reason: "no-fault" });
    for (const act of ["QS-99", "QS-31", "", "__proto__"]) {
      assert.deepEqual(degreesOf(act, "none"), { kind: "not-here", reason: "officer-act" });
      assert.deepEqual(degreesOf("QS-01", act), { kind: "not-here", reason: "officer-act" });
    }
  });

  it("no rule of the regulation repealed in 2004 has come in: the right turn yields to the oncoming left turn", () => {
    const all = catalogue.acts.map(({ zh }) => zh).join();
    assert.ok(!/支路|干路|左转(弯)?(车)?没让右转|电车/.test(all));
    assert.match(catalogue.acts.find(({ id }) => id === "QS-20")?.zh ?? "", /未让对向左转弯车辆/);
  });

  it("every act that settles names its law, in Chinese numerals, none names nothing", () => {
    for (const { id, legalBasis } of catalogue.acts) {
      assert.equal(legalBasis.length > 0, id !== "none", id);
      for (const article of legalBasis) assert.doesNotMatch(article, /[0-9]/);
    }
  });
});

describe("two statements", () => {
  const stated = (a: [string, string] | null, b: [string, string] | null): Accident =>
    withParty(withParty(readyToSign(), "A", { statement: a && statement(...a) }), "B", {
      statement: b && statement(...b),
    });
  const cases: [string, Accident, object][] = [
    ["nobody joined", opened(), { kind: "incomplete" }],
    ["only A", stated(["QS-01", "none"], null), { kind: "incomplete" }],
    ["only B", stated(null, ["QS-01", "none"]), { kind: "incomplete" }],
    ["differ about A's act", stated(["QS-01", "none"], ["none", "QS-02"]), { kind: "different", about: ["A"] }],
    ["differ about B's act", stated(["QS-01", "QS-04"], ["none", "QS-01"]), { kind: "different", about: ["B"] }],
    ["differ about both", stated(["none", "QS-01"], ["none", "QS-01"]), { kind: "different", about: ["A", "B"] }],
    [
      "alike",
      stated(["QS-02", "QS-02"], ["QS-02", "QS-02"]),
      { kind: "settled", degrees: { A: "equal", B: "equal" }, actsOf: { A: "QS-02", B: "QS-02" } },
    ],
    [
      "alike, contradictory",
      stated(["QS-01", "QS-04"], ["QS-04", "QS-01"]),
      { kind: "not-here", reason: "contradiction" },
    ],
  ];
  for (const [name, accident, expected] of cases) {
    it(name, () => assert.deepEqual(compareStatements(accident, catalogue), expected));
  }
});
