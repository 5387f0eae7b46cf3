import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agreementOf } from "../../src/domain/agreement.ts";
import {
  ASKED_OWNERS,
  ASKED_USES,
  CAR_ANSWERS,
  type CarFields,
  type CarSaid,
  carAdvice,
  carFields,
  carSaid,
} from "../../src/domain/car.ts";
import { buildClaim } from "../../src/domain/claim.ts";
import { wireOf } from "../../src/domain/claim-version-1.ts";
import { claimSources } from "../support/claim-example.ts";
import { CLAIM_SCHEMAS } from "../support/claim-schemas.ts";
import { type JsonSchema, validate } from "../support/json-schema.ts";
import { cityRules, readyToSign, withParty } from "./accident-builder.ts";

describe("whose car it is and what for", () => {
  const SAID: [CarFields, CarSaid][] = [
    [{}, {}],
    [{ car: "own" }, { owner: "driver", use: "private" }],
    [{ car: "family" }, { owner: "other_person", use: "private" }],
    [{ car: "company" }, { owner: "organisation", use: "business" }],
    [{ car: "rental" }, { owner: "organisation", use: "rental" }],
    [{ car: "hailing" }, { use: "ride_hailing" }],
    [
      { car: "hailing", carOwner: "organisation" },
      { owner: "organisation", use: "ride_hailing" },
    ],
    [{ car: "other" }, {}],
    [
      { car: "other", carOwner: "driver", carUse: "goods" },
      { owner: "driver", use: "goods" },
    ],
  ];
  for (const [fields, said] of SAID)
    it(`${JSON.stringify(fields)} says ${JSON.stringify(said)}`, () => assert.deepEqual(carSaid(fields), said));

  it("a further answer counts only where the first left it open, and none states what was not said", () => {
    assert.deepEqual(carSaid({ car: "own", carOwner: "organisation", carUse: "taxi" }), carSaid({ car: "own" }));
    assert.deepEqual(carSaid({ car: "hailing", carUse: "taxi" }), { use: "ride_hailing" });
    assert.deepEqual(carSaid({ carOwner: "organisation", carUse: "taxi" }), {});
  });

  it("comes back to the page as it was said", () => {
    for (const car of [...CAR_ANSWERS])
      for (const carOwner of [undefined, ...ASKED_OWNERS])
        for (const carUse of [undefined, ...ASKED_USES]) {
          const said = carSaid({ car, ...(carOwner && { carOwner }), ...(carUse && { carUse }) });
          assert.deepEqual(carSaid(carFields(said)), said);
        }
  });

  const ADVICE: [CarSaid, string[]][] = [
    [{}, []],
    [{ owner: "driver", use: "private" }, []],
    [{ owner: "other_person", use: "private" }, ["owner"]],
    [{ owner: "organisation", use: "business" }, ["company"]],
    [{ owner: "organisation", use: "rental" }, ["rental"]],
    [{ use: "ride_hailing" }, ["commercial"]],
    [{ owner: "organisation", use: "taxi" }, ["company", "commercial"]],
    [{ owner: "driver", use: "goods" }, ["commercial"]],
  ];
  for (const [said, advice] of ADVICE)
    it(`${JSON.stringify(said)} is advised ${advice.join(", ") || "nothing"}`, () =>
      assert.deepEqual(carAdvice(said), advice));
});

describe("in the claim", () => {
  const said: CarSaid = { owner: "organisation", use: "ride_hailing" };
  const sources = (forwarding: { A: boolean; B: boolean }) =>
    claimSources({ forwarding }, (accident) => {
      const { A } = accident.parties;
      return {
        ...accident,
        parties: { ...accident.parties, A: { ...A, details: A.details && { ...A.details, ...said } } },
      };
    });
  const carIn = (claim: ReturnType<typeof buildClaim>, label: "A" | "B") => {
    const { owner, use } = claim.data.parties.find((party) => party.label === label)!.vehicle;
    return { owner, use };
  };

  it("2.0 says what the driver said, and unknown of who said nothing", () => {
    const claim = buildClaim(sources({ A: true, B: true }), "A");
    assert.deepEqual(carIn(claim, "A"), said);
    assert.deepEqual(carIn(claim, "B"), { owner: "unknown", use: "unknown" });
    assert.deepEqual(validate(CLAIM_SCHEMAS["2.0"] as JsonSchema, claim), []);
  });

  it("what a driver does not let go stays", () => {
    const claim = buildClaim(sources({ A: false, B: true }), "B");
    assert.deepEqual(carIn(claim, "A"), { owner: "unknown", use: "unknown" });
  });

  it("1.0 has no word of it", () => {
    const wire = wireOf(JSON.stringify(buildClaim(sources({ A: true, B: true }), "A")), 1);
    assert.ok("body" in wire);
    assert.doesNotMatch(wire.body, /"owner"|"use"|ride_hailing/);
    assert.deepEqual(validate(CLAIM_SCHEMAS["1.0"] as JsonSchema, JSON.parse(wire.body)), []);
  });
});

describe("in the agreement", () => {
  it("there is nothing of it: the text is the same whatever was said", async () => {
    const { catalogue } = await cityRules();
    const silent = readyToSign();
    const { details } = silent.parties.A;
    const spoken = withParty(silent, "A", { details: { ...details!, owner: "organisation", use: "taxi" } });
    assert.deepEqual(agreementOf(spoken, catalogue), agreementOf(silent, catalogue));
  });
});
